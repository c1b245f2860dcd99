package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Curl in a pod reaches the pods of a Service through a ReverseProxy. */
@ExtendWith(Suite.class)
@Order(3)
class ReverseTest {
    private static final String NAMESPACE = "e2e-reverse";

    private final World world;
    private ClientPod client;

    ReverseTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.backend(NAMESPACE, "shop", 2);
        client = world.client(NAMESPACE, "client");
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: %1$s}
                spec:
                  rules:
                  - name: shop
                    backendRefs: [{name: shop, port: 80}]
                  - name: empty
                    matches: [{path: {type: PathPrefix, value: /empty}}]
                    backendRefs: [{name: empty, port: 80}]
                  - name: unresolved
                    matches: [{path: {type: PathPrefix, value: /unresolved}}]
                    backendRefs: [{name: nobody, port: 80}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: empty, namespace: %1$s}
                spec: {selector: {app: empty}, ports: [{port: 80}]}
                """.formatted(NAMESPACE)).output();
        long start = System.nanoTime();
        Until.holds(PATIENCE, () -> {
            Answer answer = ask("/");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        });
        world.measured()
                .tell(
                        "from the apply of a ReverseProxy to the first answer",
                        Duration.ofNanos(System.nanoTime() - start));
        world.kubectl().await(PATIENCE, "condition=Programmed", NAMESPACE, "rp/web");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    private Answer ask(String path, String... more) {
        String[] all = Arrays.copyOf(more, more.length + 1);
        all[more.length] = "http://web-relay" + path;
        return client.curl(all);
    }

    @Test
    void allPodsOfTheServiceGetTraffic() {
        Set<String> servers = new HashSet<>();
        Until.holds(Duration.ofSeconds(20), () -> {
            servers.add(ask("/").server());
            assertThat(servers).hasSize(2).allMatch(name -> name.startsWith("shop-"));
        });
    }

    @Test
    void theRequestArrivesWhole() {
        Answer answer = ask("/a%20b/?q=1&q=2", "-X", "PUT", "-H", "X-Custom: one", "-d", "a body");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("PUT /a%20b/?q=1&q=2 HTTP/1.1\nHost: web-relay\n")
                .endsWith("\n\na body");
        assertThat(answer.received("X-Custom")).isEqualTo("one");
        assertThat(ask("/bytes?n=3000000").body()).hasSize(3_000_000);
        assertThat(ask("/status/418").status()).isEqualTo(418);
    }

    @Test
    void theClientsAddressIsTruthful() {
        Answer answer = ask(
                "/",
                "-H",
                "X-Forwarded-For: 198.51.100.7",
                "-H",
                "Forwarded: for=198.51.100.7",
                "-H",
                "X-Forwarded-Proto: https",
                "-H",
                "X-Real-IP: 198.51.100.7");

        assertThat(answer.received("X-Forwarded-For")).isEqualTo(client.address());
        assertThat(answer.received("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(answer.received("X-Forwarded-Host")).isEqualTo("web-relay");
        assertThat(answer.body()).doesNotContain("198.51.100.7");
    }

    @Test
    void aRuleThatCannotBeResolvedAnswers500AndTheOthersRun() {
        Answer answer = ask("/unresolved");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
        assertThat(answer.field("Proxy-Status")).contains("error=", "unresolved");
        assertThat(ask("/").status()).isEqualTo(200);
    }

    @Test
    void aServiceWithoutEndpointsAnswers503() {
        Answer answer = ask("/empty");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.field("Proxy-Status")).contains("error=destination_unavailable");
    }
}
