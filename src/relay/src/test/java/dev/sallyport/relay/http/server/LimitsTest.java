package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
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

    private static UnaryOperator<ClientLimits> rate(int bytesPerSecond) {
        return limits -> new ClientLimits(
                0,
                0,
                limits.headerBytes(),
                limits.requestBodyBytes(),
                limits.headerTimeout(),
                bytesPerSecond,
                limits.idleTimeout());
    }

    @Test
    void endsARequestWhoseBodyComesTooSlowlyButNoCallThatPauses() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    if (number == 0) {
                        wire.readRequest();
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    } else {
                        wire.readAll();
                    }
                });
                Rig rig = Rig.setup().reverse(rate(1000), origin).start();
                Wire call = rig.connect();
                Wire client = rig.connect()) {
            call.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 8\r\n\r\nbody");
            Await.until("the call is on its way", () -> origin.accepted() == 1);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbody");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(rig.faults("body_too_slow")).isOne();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_TIMEOUT);
            call.send("more");
            assertThat(call.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void cutsAResponseThatIsTakenTooSlowly() throws Exception {
        String megabyte = "x".repeat(1 << 20);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                    try {
                        while (true) {
                            wire.send(megabyte);
                        }
                    } catch (java.io.UncheckedIOException e) {
                        // the relay has hung up
                    }
                });
                Rig rig = Rig.setup().reverse(rate(50_000), origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            client.readHead();
            RecordedDecision decision = rig.decision();
            assertThat(decision.end()).isEqualTo(End.CLIENT_TIMEOUT);
            assertThat(decision.status()).isEqualTo(200);
            assertThat(rig.faults("reader_too_slow")).isOne();
            Await.until("the origin is let go", () -> origin.open() == 0);
        }
    }

    @Test
    void doesNotBlameAClientForASlowOrigin() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                    for (int i = 0; i < 10; i++) {
                        LockSupport.parkNanos(Duration.ofMillis(800).toNanos());
                        wire.send("x");
                    }
                });
                Rig rig = Rig.setup().reverse(rate(1_000_000), origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("xxxxxxxxxx");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
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
