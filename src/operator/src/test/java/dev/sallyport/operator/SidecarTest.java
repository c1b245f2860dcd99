package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.api.v1alpha1.reverse.RuleStatus;
import dev.sallyport.operator.cluster.Applications;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.deliver.Nudge;
import dev.sallyport.operator.webhook.Webhook;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relays in the pods of applications, from their admission to the policy that they serve. */
@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class SidecarTest {
    private static final Map<String, String> EGRESS = Map.of("sallyport.dev/egress", "egress");

    Cluster cluster;

    @Inject
    Webhook webhook;

    private Applications applications;

    @BeforeEach
    void pointTheApiServerHere() {
        applications = new Applications(cluster);
        applications.ask(webhook);
    }

    @Test
    void waitsForItsProxyAndFollowsIt() throws IOException {
        String namespace = applications.namespace("true");
        Pod pod = applications.make(namespace, null, EGRESS);
        Until.passes(() -> assertThat(cluster.events(namespace, "WaitingForProxy"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getInvolvedObject().getUid())
                            .isEqualTo(pod.getMetadata().getUid());
                    assertThat(event.getMessage())
                            .isEqualTo("The pod starts when there is ForwardProxy " + namespace
                                    + "/egress, which does not exist.");
                }));

        allow(namespace, "a.example");
        programmed(namespace, 1);
        JsonNode config = config(namespace);
        assertThat(config.at("/loops").asInt()).isEqualTo(1);
        assertThat(config.at("/listeners"))
                .hasSize(3)
                .allMatch(listener -> List.of("127.0.0.1", "::1")
                        .contains(listener.path("address").asText()));
        assertThat(config.at("/listeners/0/address").asText()).isEqualTo("127.0.0.1");
        assertThat(config.at("/listeners/0/port").asInt()).isEqualTo(15728);
        assertThat(config.toString()).contains("a.example");
        assertThat(get(namespace, pod).getStatus().getPhase()).isEqualTo("Running");

        allow(namespace, "b.example");
        Until.passes(() -> {
            assertThat(config(namespace).toString()).contains("b.example");
            assertThat(get(namespace, pod).getMetadata().getAnnotations()).containsKey(Nudge.ANNOTATION);
        });
        programmed(namespace, 1);
        assertThat(get(namespace, pod).getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
    }

    @Test
    void guardsWhatComesInBesideWhatGoesOut() throws IOException {
        String namespace = applications.namespace("true");
        Pod pod = applications.make(
                namespace, null, Map.of("sallyport.dev/egress", "egress", "sallyport.dev/ingress", "web"));
        assertThat(pod.getSpec().getInitContainers().getFirst().getArgs())
                .containsSubsequence("--inbound", "15080=8080", "--label", "app=test");
        allow(namespace, "a.example");
        Until.passes(() -> assertThat(cluster.events(namespace, "WaitingForProxy"))
                .anySatisfy(event -> assertThat(event.getMessage())
                        .isEqualTo("The pod starts when there is ReverseProxy " + namespace
                                + "/web, which does not exist.")));

        cluster.apply(namespace, """
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: test}, ports: [{name: http, port: 80, targetPort: sallyport-in}]}
                """);
        cluster.apply(namespace, """
                apiVersion: v1
                kind: Service
                metadata: {name: api}
                spec: {selector: {app: api}, ports: [{port: 80}]}
                """);
        guard(namespace, "a.example");
        guarded(namespace);
        programmed(namespace, 1);
        JsonNode config = config(namespace, "web-sidecar");
        assertThat(config.at("/listeners")).hasSize(1);
        assertThat(config.at("/listeners/0/role").asText()).isEqualTo("REVERSE");
        assertThat(config.at("/reverses/0/hostnames/0").asText()).isEqualTo("a.example");
        assertThat(config.at("/clusters/1/endpoints/selector/0").asText()).isEqualTo("app=test");
        var rules = cluster.get(ReverseProxy.class, namespace, "web")
                .getStatus()
                .rules()
                .listed();
        assertThat(rules)
                .extracting(
                        rule -> rule.name(),
                        rule -> condition(rule).getStatus(),
                        rule -> condition(rule).getReason())
                .containsExactlyInAnyOrder(tuple("web", "True", "Programmed"), tuple("api", "False", "NoSidecars"));

        guard(namespace, "b.example");
        Until.passes(
                () -> assertThat(config(namespace, "web-sidecar").toString()).contains("b.example"));
        guarded(namespace);
        programmed(namespace, 1);
        assertThat(get(namespace, pod).getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
    }

    @Test
    void isCountedWhileItIsThere() {
        String namespace = applications.namespace("true");
        allow(namespace, "a.example");
        Pod first = applications.make(namespace, null, EGRESS);
        applications.make(namespace, null, EGRESS);
        programmed(namespace, 2);
        ConfigMap before = cluster.get(ConfigMap.class, namespace, "egress-sidecar");
        assertThat(before.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid())
                        .isEqualTo(cluster.get(ForwardProxy.class, namespace, "egress")
                                .getMetadata()
                                .getUid()));
        cluster.admin().resource(first).withGracePeriod(0).delete();
        programmed(namespace, 1);
    }

    @Test
    void aProxyThatCannotBeUsedIsSaidToBe() {
        String namespace = applications.namespace("true");
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {listeners: {mixed: {port: 15090}}}
                """);
        applications.make(namespace, null, EGRESS);
        Until.passes(() -> assertThat(cluster.events(namespace, "WaitingForProxy"))
                .anySatisfy(event -> assertThat(event.getMessage())
                        .startsWith("The pod starts when ForwardProxy " + namespace + "/egress can be used: ")
                        .contains("15090")));
    }

    @Test
    void oneThatIsLetInWithoutIsNaked() {
        String namespace = applications.namespace(null);
        Pod pod = Applications.pod(namespace, "true", EGRESS);
        pod.getSpec().setNodeSelector(Map.of("kubernetes.io/os", "windows"));
        Pod made = cluster.admin().resource(pod).create();
        assertThat(made.getMetadata().getAnnotations().get("sallyport.dev/status"))
                .contains("does not run on Windows");
        Until.passes(() -> assertThat(cluster.events(namespace, "NakedPod"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("sallyport.dev/status")));
    }

    @Test
    void onesOlderThanTheLabelOfTheirNamespaceAreNakedAndAFewAreTold() {
        String namespace = applications.namespace(null);
        for (int i = 0; i < 12; i++) {
            applications.make(namespace, null, EGRESS);
        }
        Pod declines = applications.make(namespace, "false", EGRESS);
        applications.label(namespace, "true");
        applications.make(namespace, null, EGRESS);
        Until.passes(() -> assertThat(cluster.events(namespace, "NakedPod"))
                .hasSize(10)
                .allSatisfy(event -> assertThat(event.getMessage())
                        .startsWith("The pod's namespace asks for a relay, and the pod has none")
                        .endsWith("So it is with other pods of the namespace.")));
        Event told = cluster.events(namespace, "NakedPod").getFirst();
        cluster.admin()
                .pods()
                .inNamespace(namespace)
                .withName(told.getInvolvedObject().getName())
                .withGracePeriod(0)
                .delete();
        applications.touch(namespace);
        // The ten that were told, and the one that came up for the one that is gone; none was told twice.
        Until.passes(() -> assertThat(cluster.events(namespace, "NakedPod"))
                .hasSize(11)
                .noneMatch(event -> event.getInvolvedObject()
                        .getUid()
                        .equals(declines.getMetadata().getUid()))
                .filteredOn(event -> event.getInvolvedObject()
                        .getUid()
                        .equals(told.getInvolvedObject().getUid()))
                .singleElement()
                .satisfies(event -> assertThat(event.getCount()).isEqualTo(1)));
    }

    @Test
    void oneThatWasLetInWhileNobodyWasAskedIsNaked() {
        String namespace = applications.namespace("true");
        Pod pod = applications.whileNobodyIsAsked(() -> applications.make(namespace, null, EGRESS));
        assertThat(Applications.isInjected(pod)).isFalse();
        applications.touch(namespace);
        Until.passes(() -> assertThat(cluster.events(namespace, "NakedPod"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getInvolvedObject().getUid())
                            .isEqualTo(pod.getMetadata().getUid());
                    assertThat(event.getMessage()).endsWith("make it anew.");
                }));
    }

    @Test
    void oneWhoseNamespaceSaysNoIsNotNakedUntilItSaysSoNoMore() {
        String namespace = applications.namespace("false");
        Pod pod = applications.make(namespace, "true", EGRESS);
        assertThat(Applications.isInjected(pod)).isFalse();
        String other = applications.namespace(null);
        applications.whileNobodyIsAsked(() -> applications.make(other, "true", EGRESS));
        Until.passes(() -> assertThat(cluster.events(other, "NakedPod")).hasSize(1));
        assertThat(cluster.events(namespace, "NakedPod")).isEmpty();
        applications.label(namespace, null);
        Until.passes(() -> assertThat(cluster.events(namespace, "NakedPod")).hasSize(1));
    }

    private void allow(String namespace, String name) {
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {allow: [%s]}
                """.formatted(name));
    }

    private void guard(String namespace, String hostname) {
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web}
                spec:
                  hostnames: [%s]
                  rules:
                  - {name: web, backendRefs: [{name: web, port: 80}]}
                  - {name: api, matches: [{path: {type: PathPrefix, value: /api}}], backendRefs: [{name: api, port: 80}]}
                """.formatted(hostname));
    }

    private void guarded(String namespace) {
        Until.passes(() -> {
            ReverseProxy web = cluster.get(ReverseProxy.class, namespace, "web");
            assertThat(web.getStatus()).isNotNull();
            assertThat(web.getStatus().observedGeneration())
                    .isEqualTo(web.getMetadata().getGeneration());
            assertThat(web.getStatus().sidecars()).isEqualTo(new Relays(1, 1));
        });
    }

    private static Condition condition(RuleStatus rule) {
        return rule.conditions().stream()
                .filter(condition -> condition.getType().equals("ServedBySidecars"))
                .findFirst()
                .orElseThrow();
    }

    private void programmed(String namespace, int sidecars) {
        Until.passes(() -> assertThat(sidecars(namespace)).isEqualTo(new Relays(sidecars, sidecars)));
    }

    private @Nullable Relays sidecars(String namespace) {
        var status = cluster.get(ForwardProxy.class, namespace, "egress").getStatus();
        return status == null ? null : status.sidecars();
    }

    private JsonNode config(String namespace) throws IOException {
        return config(namespace, "egress-sidecar");
    }

    private JsonNode config(String namespace, String name) throws IOException {
        return new ObjectMapper()
                .readTree(
                        cluster.get(ConfigMap.class, namespace, name).getData().get("relay.json"));
    }

    private Pod get(String namespace, Pod pod) {
        return cluster.get(Pod.class, namespace, pod.getMetadata().getName());
    }
}
