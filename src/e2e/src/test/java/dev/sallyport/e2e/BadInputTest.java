package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is refused at apply or told in status, and no neighbour notices. */
@ExtendWith(Suite.class)
@Order(6)
class BadInputTest {
    private static final String NAMESPACE = "e2e-bad-input";

    private final World world;
    private ClientPod client;

    BadInputTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.backend(NAMESPACE, "shop", 1);
        client = world.client(NAMESPACE, "client");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    private Run apply(String kind, String name, String spec) {
        return world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec: %s
                """.formatted(kind, name, NAMESPACE, spec));
    }

    private String condition(String object, String type, String part) {
        return world.kubectl()
                .run(
                        "get",
                        "-n",
                        NAMESPACE,
                        object,
                        "-o",
                        "jsonpath={.status.conditions[?(@.type==\"" + type + "\")]." + part + "}");
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource(delimiter = '|', textBlock = """
            ForwardProxy | {alow: [example.com]} | unknown field "spec.alow"
            ForwardProxy | {allow: ["https://example.com/"]} | is not a name pattern
            ForwardProxy | {replicas: many} | spec.replicas
            ForwardProxy | {rules: [{name: both, allow: {hosts: [a.example]}, deny: {hosts: [b.example]}}]} | give exactly one
            ReverseProxy | {backendRefs: [{name: shop, port: 80}], rules: [{backendRefs: [{name: shop, port: 80}]}]} | none or both of backendRefs and rules
            ReverseProxy | {} | none or both of backendRefs and rules
            ReverseProxy | {backendRefs: [{name: shop, port: 70000}]} | spec.backendRefs[0].port
            ReverseProxy | {listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: HTTP}], backendRefs: [{name: shop, port: 80}]} | two listeners have the same port
            """)
    void isRefusedAtApply(String kind, String spec, String message) {
        Run run = apply(kind, "wrong", spec);

        assertThat(run.succeeded()).as(run.toString()).isFalse();
        assertThat(run.err()).contains(message);
    }

    @Test
    @Order(2)
    void aMissingServiceIsToldAndOthersAreServed() {
        apply("ReverseProxy", "web", """
                {rules: [{name: good, backendRefs: [{name: shop, port: 80}]}, \
                {name: bad, matches: [{path: {type: PathPrefix, value: /bad}}], backendRefs: [{name: missing, port: 80}]}]}""").output();
        world.kubectl().await(PATIENCE, "condition=Programmed", NAMESPACE, "rp/web");

        assertThat(condition("rp/web", "ResolvedRefs", "status")).isEqualTo("False");
        assertThat(condition("rp/web", "ResolvedRefs", "reason")).isEqualTo("BackendNotFound");
        assertThat(condition("rp/web", "ResolvedRefs", "message")).contains("missing");
        assertThat(client.curl("http://web-relay/").status()).isEqualTo(200);
        assertThat(client.curl("http://web-relay/bad").status()).isEqualTo(500);

        world.backend(NAMESPACE, "missing", 1);
        world.ready(NAMESPACE, "rp/web");
        assertThat(client.curl("http://web-relay/bad").status()).isEqualTo(200);
    }

    @Test
    @Order(3)
    void aWildcardOnAPublicSuffixIsToldAndAllowsNothing() {
        apply("ForwardProxy", "wide", "{allow: [\"*.co.uk\", example.com]}").output();
        world.kubectl().await(PATIENCE, "condition=Accepted=False", NAMESPACE, "fp/wide");

        assertThat(condition("fp/wide", "Accepted", "reason")).isEqualTo("RulesRefused");
        assertThat(condition("fp/wide", "Accepted", "message")).contains("spec.allow[0]", "*.co.uk");
        world.kubectl().await(PATIENCE, "condition=Programmed", NAMESPACE, "fp/wide");
        var denied = client.curl("-x", "http://wide:3128", "http://shop.co.uk/");
        assertThat(denied.status()).as(denied.toString()).isEqualTo(403);
    }

    /** A bad edit of a served proxy changes nothing of what it serves. */
    @Test
    @Order(4)
    void aWrongEditLeavesWhatIsServed() {
        assertThat(apply("ReverseProxy", "web", "{rules: []}").succeeded()).isFalse();
        assertThat(client.curl("http://web-relay/").status()).isEqualTo(200);
    }
}
