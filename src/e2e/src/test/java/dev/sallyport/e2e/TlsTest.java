package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of a certificate, from a Secret that is missing to one that changes. */
@ExtendWith(Suite.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(4)
class TlsTest {
    private static final String NAMESPACE = "example-tls";
    private static final String HOST = "shop.example.com";

    private final World world;
    private final Relays relays;
    private ClientPod client;

    TlsTest(World world) {
        this.world = world;
        this.relays = new Relays(world, NAMESPACE, "web");
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        client = world.client(NAMESPACE, "client");
        world.kubectl().run("apply", "-f", world.path("deploy/examples/05-tls"));
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    @Order(1)
    void aMissingSecretIsNamed() {
        world.kubectl().await(PATIENCE, "condition=ResolvedRefs=False", NAMESPACE, "rp/web");
        Until.holds(PATIENCE, () -> assertThat(reason("ResolvedRefs")).isEqualTo("InvalidCertificateRef"));
    }

    @Test
    @Order(2)
    void aSecretIsServed() {
        put("first");
        world.ready(NAMESPACE, "rp/web");

        Until.holds(
                PATIENCE,
                () -> assertThat(shown(ask("https://" + HOST + "/hello"))).isEqualTo("first"));
        Answer answer = ask("https://" + HOST + "/hello", "--http1.1");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.received("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(ask("https://" + HOST + "/hello").error()).contains("ALPN: server accepted h2");
    }

    @Test
    @Order(3)
    void plainRequestsAreSentOn() {
        Answer answer = ask("http://" + HOST + "/a?b=c");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(308);
        assertThat(answer.field("Location")).isEqualTo("https://" + HOST + "/a?b=c");
    }

    @Test
    @Order(4)
    void aHostThatIsNotInTheCertificateIsMisdirected() {
        Answer answer = ask("https://" + HOST + "/", "--http1.1", "-H", "Host: other.example.com");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(421);
    }

    @Test
    @Order(5)
    void aSecretThatChangesIsServedToNewConnectionsAlone() {
        List<String> pods = relays.names();
        // One connection with requests ten seconds apart, of which the second comes after the change.
        CompletableFuture<Answer> kept = CompletableFuture.supplyAsync(
                () -> ask(
                        "https://" + HOST + "/2",
                        "--http1.1",
                        "--max-time",
                        "60",
                        "--rate",
                        "6/m",
                        "https://" + HOST + "/1"),
                Thread::startVirtualThread);
        put("second");

        Until.holds(
                PATIENCE, () -> assertThat(shown(ask("https://" + HOST + "/"))).isEqualTo("second"));
        Answer both = kept.join();
        assertThat(both.status()).as(both.toString()).isEqualTo(200);
        assertThat(both.error()).containsPattern("Re-using existing .*connection");
        assertThat(relays.names()).containsExactlyInAnyOrderElementsOf(pods);
        assertThat(relays.restarts()).isZero();
    }

    private Answer ask(String url, String... more) {
        String relay =
                world.kubectl().run("get", "service", "-n", NAMESPACE, "web-relay", "-o", "jsonpath={.spec.clusterIP}");
        List<String> arguments = new ArrayList<>(
                List.of("-kv", "--resolve", HOST + ":443:" + relay, "--resolve", HOST + ":80:" + relay));
        arguments.addAll(List.of(more));
        arguments.add(url);
        return client.curl(arguments.toArray(String[]::new));
    }

    /** The name in the certificate that curl was shown. */
    private static String shown(Answer answer) {
        return answer.error()
                .lines()
                .filter(line -> line.startsWith("*  subject: CN="))
                .map(line -> line.substring("*  subject: CN=".length()))
                .findFirst()
                .orElse("none: " + answer.error());
    }

    private String reason(String condition) {
        for (JsonNode found : world.kubectl().get("rp", "-n", NAMESPACE, "web").at("/status/conditions")) {
            if (found.path("type").asText().equals(condition)) {
                return found.path("reason").asText();
            }
        }
        return "none";
    }

    /** Puts a new certificate of that name into the Secret. */
    private void put(String name) {
        world.certificate(NAMESPACE, "shop-tls", name, HOST);
    }
}
