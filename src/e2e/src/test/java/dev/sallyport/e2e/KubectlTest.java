package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.e2e.harness.Kubectl;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person sees with kubectl, and what relays weigh. */
@ExtendWith(Suite.class)
@Order(8)
class KubectlTest {
    private static final String NAMESPACE = "e2e-kubectl";

    private static final String OBJECTS = """
            apiVersion: sallyport.dev/v1alpha1
            kind: ForwardProxy
            metadata: {name: egress, namespace: e2e-kubectl}
            spec:
              replicas: 1
              allow: [api.example.com, "*.example.net:443"]
            ---
            apiVersion: sallyport.dev/v1alpha1
            kind: ReverseProxy
            metadata: {name: web, namespace: e2e-kubectl}
            spec:
              replicas: 1
              hostnames: [shop.example.com]
              backendRefs: [{name: shop, port: 80}]
            """;

    private final World world;

    KubectlTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.backend(NAMESPACE, "shop", 1);
        world.kubectl().apply(OBJECTS).output();
        world.ready(NAMESPACE, "fp/egress");
        world.ready(NAMESPACE, "rp/web");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    @Order(1)
    void getPrintsWhatMatters() {
        String[] forward = table("fp");
        assertThat(forward[0].split("\\s{2,}|\\s+")).containsExactly("NAME", "MODE", "RULES", "READY", "AGE");
        assertThat(forward[1]).matches("egress\\s+(Enforce\\s+)?2\\s+True\\s+\\S+");
        String[] reverse = table("rp");
        assertThat(reverse[0].split("\\s+")).containsExactly("NAME", "HOSTNAMES", "ADDRESS", "RULES", "READY", "AGE");
        assertThat(reverse[1])
                .matches(
                        "web\\s+\\[\"shop.example.com\"]\\s+web-relay.e2e-kubectl.svc.cluster.local\\s+1\\s+True\\s+\\S+");
        assertThat(world.kubectl().run("get", "sallyport", "-n", NAMESPACE, "-o", "name"))
                .isEqualTo("forwardproxy.sallyport.dev/egress\nreverseproxy.sallyport.dev/web\n");
    }

    private String[] table(String resource) {
        return world.kubectl().run("get", resource, "-n", NAMESPACE).split("\n");
    }

    @Test
    @Order(2)
    void describeTellsConditionsAndEvents() {
        String text = world.kubectl().run("describe", "fp", "-n", NAMESPACE, "egress");

        assertThat(text).contains("Type:                  Programmed", "Type:                  Ready");
        assertThat(text)
                .containsPattern("Events:\\s+Type\\s+Reason")
                .contains("Programmed")
                .contains("sallyport-operator");
    }

    @Test
    @Order(3)
    void diffAfterApplyIsEmpty(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("objects.yaml"), OBJECTS);

        for (String[] diff : new String[][] {
            {"diff", "-f", file.toString()},
            {"diff", "--server-side", "--force-conflicts", "-f", world.path("manifests/install.yaml")}
        }) {
            Run run = world.kubectl().attempt(diff);
            assertThat(run.succeeded()).as(run.toString()).isTrue();
            assertThat(run.out()).isEmpty();
        }
    }

    /** The limits are those of docs/adr/0006, with a margin for the machine. */
    @Order(4)
    @ParameterizedTest
    @CsvSource({"egress, 76", "web, 92"})
    void relaysWeighNoMoreThanTheyMay(String proxy, int mebibytes) {
        var relays = new Relays(world, NAMESPACE, proxy);
        String pod = relays.names().getFirst();
        double began = relays.metric(pod, "process_start_time_seconds");
        JsonNode ready = world.kubectl()
                .run("logs", "-n", NAMESPACE, pod)
                .lines()
                .filter(line -> line.startsWith("{") && line.contains("\"event\":\"ready\""))
                .map(Kubectl::parse)
                .findFirst()
                .orElseThrow(() -> new AssertionError(pod + " has logged no readiness"));
        double served = Instant.parse(ready.path("time").asText()).toEpochMilli() / 1000.0;
        world.measured()
                .tell(
                        "relay of " + proxy + ", from the start of its process to serving",
                        Duration.ofMillis(Math.round((served - began) * 1000)));
        long processor = ready.path("cpuMs").asLong();
        world.measured().tell("relay of " + proxy + ", on processors until it serves", Duration.ofMillis(processor));
        // Five times the target, as processors differ, and time on one that others use too is longer.
        assertThat(processor).isBetween(1L, 2500L);
        // Ten seconds after its start it gives back what that took.
        Until.holds(PATIENCE, () -> assertThat(resident(relays, pod)).isBetween(10.0, (double) mebibytes));
        world.measured()
                .tell(
                        "relay of " + proxy + ", resident memory at rest",
                        String.format(Locale.ROOT, "%.1f MiB", resident(relays, pod)));
    }

    private static double resident(Relays relays, String pod) {
        return relays.metric(pod, "process_resident_memory_bytes") / 1048576;
    }

    @Test
    @Order(5)
    void scaleMovesTheRelays() {
        world.kubectl().run("scale", "-n", NAMESPACE, "rp/web", "--replicas=2");
        world.kubectl().await(PATIENCE, "jsonpath={.status.relays.programmed}=2", NAMESPACE, "rp/web");
        String scale = world.kubectl()
                .run(
                        "get",
                        "--raw",
                        "/apis/sallyport.dev/v1alpha1/namespaces/" + NAMESPACE + "/reverseproxies/web/scale");
        assertThat(Kubectl.parse(scale).at("/status/replicas").asInt()).isEqualTo(2);
    }
}
