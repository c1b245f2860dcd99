package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What clients may take of a relay together, and each of them. */
class LimitsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static UnaryOperator<ClientLimits> connections(int all, int perAddress) {
        return limits -> new ClientLimits(
                all,
                perAddress,
                limits.headerBytes(),
                limits.requestBodyBytes(),
                limits.headerTimeout(),
                limits.bodyMinRate(),
                limits.idleTimeout());
    }

    private static void isServed(Wire client) {
        client.send(GET);
        assertThat(client.readResponse().body()).isEqualTo("ok");
    }

    /** Whether the relay closes it without a word. */
    private static boolean isTurnedAway(Wire client) {
        try {
            client.send(GET);
        } catch (java.io.UncheckedIOException e) {
            return true;
        }
        return !client.hasNext();
    }

    @Test
    void closesTheNewestConnectionBeyondTheLimitOfAll() throws Exception {
        bound(connections(3, 0), "too_many_connections");
    }

    @Test
    void closesTheNewestConnectionBeyondTheLimitOfAnAddress() throws Exception {
        bound(connections(0, 3), "too_many_connections_of_address");
    }

    private static void bound(UnaryOperator<ClientLimits> limits, String fault) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().loops(2).reverse(limits, origin).start()) {
            List<Wire> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(rig.connect());
                isServed(clients.getLast());
            }
            try (Wire oneMore = rig.connect()) {
                assertThat(isTurnedAway(oneMore)).isTrue();
            }
            assertThat(rig.faults(fault)).isOne();
            clients.forEach(LimitsTest::isServed);
            clients.removeLast().close();
            Await.until("one is gone", () -> rig.metric("sallyport_connections_active{role=\"reverse\"}") == 2);
            try (Wire another = rig.connect()) {
                isServed(another);
            }
            clients.forEach(Wire::close);
            assertThat(rig.faults(fault)).isOne();
        }
    }

    @Test
    void turnsNewClientsAwayWhileALoopCannotKeepUp() throws Exception {
        Verdict verdict = new Verdict.To(
                new Destination.Cluster("backend"),
                "rule",
                Rig.TRANSPARENT,
                AddressPolicy.ANY,
                new Timeouts(Rig.NO_LIMIT, Rig.NO_LIMIT, Rig.NO_LIMIT, Rig.NO_LIMIT, Rig.NO_LIMIT),
                0,
                null);
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .role("web", (ask, peer, trail) -> {
                            if (ask instanceof Ask.Http http
                                    && http.request().path().toString().equals("/slow")) {
                                LockSupport.parkNanos(Duration.ofMillis(700).toNanos());
                            }
                            return verdict;
                        })
                        .reverse(origin)
                        .start();
                Wire client = rig.connect()) {
            isServed(client);
            Thread busy = Thread.ofVirtual().start(() -> {
                while (rig.faults("overload") == 0) {
                    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
                    client.readResponse();
                }
            });
            Await.until("newcomers are turned away", () -> {
                try (Wire newcomer = rig.connect()) {
                    return isTurnedAway(newcomer);
                }
            });
            busy.join();
            assertThat(rig.faults("overload")).isPositive();
            isServed(client);
            Await.until("newcomers are served again", () -> {
                try (Wire newcomer = rig.connect()) {
                    return !isTurnedAway(newcomer);
                }
            });
        }
    }
}
