package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.OriginConnections.Reuse;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How long connections to endpoints are kept, and for which requests. */
class KeepingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

    private static void exchange(Wire client, String request) {
        client.send(request);
        assertThat(client.readResponse().body()).isEqualTo("ok");
    }

    private static Rig rig(Origin origin, UnaryOperator<Cluster> change) throws Exception {
        return Rig.setup().reverse(origin).backend(change).start();
    }

    @Test
    void neverUsesAConnectionTwice() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rig(origin, Clusters.reuse(Reuse.NEVER));
                Wire client = rig.connect()) {
            exchange(client, GET);
            Await.until("the connection is closed", () -> origin.open() == 0);
            exchange(client, GET);
            exchange(client, POST);
            assertThat(origin.accepted()).isEqualTo(3);
        }
    }

    @Test
    void usesAConnectionAgainForWhatCanBeRepeated() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rig(origin, Clusters.reuse(Reuse.SAFE));
                Wire client = rig.connect();
                Wire other = rig.connect()) {
            exchange(client, GET);
            exchange(client, POST);
            assertThat(origin.accepted()).isEqualTo(1);
            exchange(other, POST);
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void usesAConnectionAgainForAnything() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rig(origin, Clusters.reuse(Reuse.ALWAYS));
                Wire client = rig.connect();
                Wire other = rig.connect()) {
            exchange(client, GET);
            exchange(other, POST);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void closesAConnectionAfterItsLastRequest() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rig(origin, Clusters.maxRequests(2));
                Wire client = rig.connect()) {
            for (int i = 0; i < 4; i++) {
                exchange(client, GET);
            }
            assertThat(origin.accepted()).isEqualTo(2);
            Await.until("the used up connections are closed", () -> origin.open() == 0);
        }
    }

    @Test
    void keepsAnIdleConnectionForItsTime() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rig(origin, Clusters.keepalive(Duration.ofMillis(10)));
                Wire client = rig.connect()) {
            exchange(client, GET);
            Await.until("the idle connection is closed", () -> origin.open() == 0);
            rig.backend(Clusters.keepalive(Duration.ZERO));
            exchange(client, GET);
            Await.until("no connection is kept", () -> origin.open() == 0);
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void keepsConnectionsWhateverElseOfTheirClusterChanges() throws Exception {
        List<UnaryOperator<Cluster>> changes = List.of(
                Clusters.limits(new CircuitBreaker(5, 5, 5, Duration.ofSeconds(1))),
                Clusters.health(HealthCheck.NONE),
                Clusters.slowStart(Duration.ofSeconds(5)),
                Clusters.slowStart(Duration.ZERO),
                Clusters.balancing(Cluster.Balancing.LEAST_REQUEST),
                Clusters.reuse(Reuse.ALWAYS),
                Clusters.keepalive(Duration.ofSeconds(40)));
        try (Origin origin = Origin.saying("ok");
                Origin other = Origin.saying("ok");
                Rig rig = rig(origin, c -> c);
                Wire client = rig.connect()) {
            exchange(client, GET);
            for (UnaryOperator<Cluster> change : changes) {
                rig.backend(change);
                exchange(client, GET);
            }
            rig.backend(Clusters.endpoints(origin, other));
            // Enough that chance gives each of the two some.
            for (int i = 0; i < 40; i++) {
                exchange(client, GET);
            }
            assertThat(origin.accepted()).isEqualTo(1);
            assertThat(other.accepted()).isEqualTo(1);
            rig.backend(Clusters.reuse(Reuse.NEVER));
            Await.until("nothing is kept any more", () -> origin.open() + other.open() == 0);
        }
    }

    @Test
    void doesNotKeepAConnectionBeyondItsAge() {
        Keeping kept = new Keeping(1_000, 0, 500);
        assertThat(Keeping.NAMED.ageNanos()).isEqualTo(Duration.ofMinutes(5).toNanos());
        assertThat(kept.keeps(1, 0, 499)).isTrue();
        assertThat(kept.keeps(1, 0, 500)).isFalse();
        assertThat(new Keeping(1_000, 0, 0).keeps(1, 0, Long.MAX_VALUE)).isTrue();
    }
}
