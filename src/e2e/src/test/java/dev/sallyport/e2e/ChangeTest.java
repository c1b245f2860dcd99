package dev.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Load;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.World;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An edit is served by all relays within seconds, and no connection notices that is not concerned. */
@ExtendWith(Suite.class)
@Order(5)
class ChangeTest {
    private static final String NAMESPACE = "e2e-change";

    /** Far below the minute that the kubelet takes by itself. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private final World world;
    private ClientPod client;

    ChangeTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.backend(NAMESPACE, "shop", 2);
        world.kubectl().apply(reverse("hello")).output();
        client = world.client(NAMESPACE, "client");
        world.ready(NAMESPACE, "rp/web");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    private static String reverse(String path) {
        return """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: %s}
                spec:
                  rules:
                  - name: steady
                    matches: [{path: {type: PathPrefix, value: /steady}}]
                    backendRefs: [{name: shop, port: 80}]
                  - name: changing
                    matches: [{path: {type: PathPrefix, value: /%s}}]
                    backendRefs: [{name: shop, port: 80}]
                """.formatted(NAMESPACE, path);
    }

    private static String forward(String... hosts) {
        return """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %s}
                spec:
                  allow: [%s]
                  guards: {privateRanges: {except: ["%s"]}}
                """.formatted(NAMESPACE, String.join(", ", hosts), Internet.NETWORK);
    }

    @Test
    void keptConnectionsOutliveAnEditOfAnotherRule() {
        var relays = new Relays(world, NAMESPACE, "web");
        var pods = relays.names();
        assertThat(pods).hasSize(2);
        Load load = world.load(NAMESPACE, "kept", "--url", "http://web-relay/steady", "--stay", "--rate", "50");
        assertThat(client.curl("http://web-relay/goodbye").status()).isEqualTo(404);

        edit("ReverseProxy", "rp", "web", relays, reverse("goodbye"));

        assertThat(client.curl("http://web-relay/goodbye").status()).isEqualTo(200);
        assertThat(client.curl("http://web-relay/hello").status()).isEqualTo(404);
        load.goOn(100);
        Load.Report report = load.end();
        assertThat(report.failures()).isEmpty();
        assertThat(report.connections()).as(report.toString()).isEqualTo(4);
        assertThat(relays.names()).as("no pod was replaced").containsExactlyInAnyOrderElementsOf(pods);
        assertThat(relays.restarts()).isZero();
    }

    @Test
    void heldTunnelsOutliveAnEditOfAnotherRule() {
        world.internet();
        world.kubectl().apply(forward("\"*.example.net:443\"")).output();
        world.ready(NAMESPACE, "fp/egress");
        var relays = new Relays(world, NAMESPACE, "egress");
        Load load = world.load(
                NAMESPACE,
                "held",
                "--url",
                "http://tunnel.example.net:443/",
                "--proxy",
                "egress:3128",
                "--tunnel",
                "--stay",
                "--rate",
                "50");
        assertThat(client.curl("-x", "http://egress:3128", "http://www.example.com/")
                        .status())
                .isEqualTo(403);

        edit("ForwardProxy", "fp", "egress", relays, forward("\"*.example.net:443\"", "www.example.com"));

        assertThat(client.curl("-x", "http://egress:3128", "http://www.example.com/")
                        .status())
                .isEqualTo(200);
        load.goOn(100);
        Load.Report report = load.end();
        assertThat(report.failures()).isEmpty();
        assertThat(report.connections()).as(report.toString()).isEqualTo(4);
        assertThat(relays.restarts()).isZero();
    }

    private void edit(String kind, String resource, String name, Relays relays, String object) {
        long start = System.nanoTime();
        world.kubectl().apply(object).output();
        long generation = world.kubectl()
                .get(resource, "-n", NAMESPACE, name)
                .at("/metadata/generation")
                .asLong();
        relays.serve(SOON, generation);
        world.measured()
                .tell(
                        "from an edit of a " + kind + " to all relays serving it",
                        Duration.ofNanos(System.nanoTime() - start));
        world.kubectl()
                .await(SOON, "jsonpath={.status.observedGeneration}=" + generation, NAMESPACE, resource + "/" + name);
        world.kubectl().await(SOON, "condition=Programmed", NAMESPACE, resource + "/" + name);
    }
}
