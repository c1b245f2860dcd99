package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tunnels by CONNECT. */
class ConnectTest {
    private static String connect(Origin origin) {
        return "CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: " + origin.authority() + "\r\n\r\n";
    }

    private static void accepted(Wire client) {
        assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void carriesBytesBothWaysUntilBothHaveEnded(Transport transport) throws Exception {
        int size = 16 << 20;
        try (Origin origin = Origin.scripted((wire, number) -> {
                    String all = wire.readAll();
                    wire.send("got " + all.length() + "\n").send(all);
                });
                Rig rig = Rig.setup().transport(transport).forward().start();
                Wire client = rig.connect()) {
            String data = "0123456789abcdef".repeat(size / 16);
            client.send(connect(origin));
            accepted(client);
            client.send(data).endOutput();
            assertThat(client.readUntil("\n")).isEqualTo("got " + size + "\n");
            assertThat(client.readAll().equals(data)).isTrue();
            RecordedDecision decision = rig.decision();
            assertThat(decision.kind()).isEqualTo(Decision.Kind.TUNNEL);
            assertThat(decision.requestBytes()).isEqualTo(size);
            assertThat(decision.responseBytes()).isGreaterThan(size);
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(decision.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsTheClientGoOnAfterTheOriginHasEnded(Transport transport) throws Exception {
        AtomicReference<String> got = new AtomicReference<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("bye").endOutput();
                    got.set(wire.readAll());
                });
                Rig rig = Rig.setup().transport(transport).forward().start();
                Wire client = rig.connect()) {
            client.send(connect(origin));
            accepted(client);
            assertThat(client.readAll()).isEqualTo("bye");
            client.send("still here").endOutput();
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
            Await.until("the origin has heard it", () -> "still here".equals(got.get()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void deliversAllToASlowClientThatHasEndedItsSide(Transport transport) throws Exception {
        int size = 64 << 20;
        long[] sent = new long[1];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readAll();
                    byte[] block = new byte[64 << 10];
                    for (int i = 0; i < size; i += block.length) {
                        wire.send(block);
                        sent[0] += block.length;
                    }
                });
                Rig rig = Rig.setup().transport(transport).forward().start();
                Wire client = rig.connect()) {
            client.send(connect(origin));
            accepted(client);
            client.endOutput();
            Await.stillness("the origin is held back", () -> sent[0]);
            assertThat(client.readAll()).hasSize(size);
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void carriesWhatAClientSentThatEndedItsSideAtOnce(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.readAll()));
                Rig rig = Rig.setup().transport(transport).forward().start();
                Wire client = rig.connect()) {
            client.send(connect(origin) + "all").endOutput();
            accepted(client);
            assertThat(client.readAll()).isEqualTo("heard all");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void holdsBackASideWhoseOtherDoesNotRead(Transport transport) throws Exception {
        int size = 64 << 20;
        long[] sent = new long[1];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    byte[] block = new byte[64 << 10];
                    for (int i = 0; i < size; i += block.length) {
                        wire.send(block);
                        sent[0] += block.length;
                    }
                });
                Rig rig = Rig.setup().transport(transport).forward().start();
                Wire client = rig.connect()) {
            client.send(connect(origin));
            accepted(client);
            Await.stillness("the origin is held back", () -> sent[0]);
            assertThat(sent[0]).isBetween(1L, size / 2L);
            assertThat(client.readAll()).hasSize(size);
        }
    }

    @Test
    void holdsBackWhatTheClientSendsBeforeTheAnswer() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.readUntil("\n")));
                Rig rig = Rig.setup().forward().start();
                Wire client = rig.connect()) {
            client.send(connect(origin) + "GET http://evil/ HTTP/1.1\n");
            accepted(client);
            assertThat(client.readAll()).isEqualTo("heard GET http://evil/ HTTP/1.1\n");
        }
    }

    @Test
    void readsNothingAfterARefusal() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .role(
                                "proxy",
                                (ask, peer, trail) -> new Verdict.Refuse(
                                        403, ProxyError.HTTP_REQUEST_DENIED, "r", "Rule r denies this."))
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send(connect(origin) + "GET http://" + origin.authority() + "/ HTTP/1.1\r\nHost: a\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
            rig.decision();
            assertThat(rig.toldAll()).isTrue();
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void saysWhenThereIsNobody() throws Exception {
        int free;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = taken.getLocalPort();
        }
        try (Rig rig = Rig.setup().forward().start();
                Wire client = rig.connect()) {
            client.send("CONNECT 127.0.0.1:" + free + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(502);
            assertThat(rig.decision().error()).isEqualTo(ProxyError.CONNECTION_REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void breaksOneSideWhenTheOtherBreaks(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.read(1);
                    if (number == 0) {
                        wire.reset();
                    } else {
                        wire.hasNext();
                    }
                });
                Rig rig = Rig.setup().transport(transport).forward().start()) {
            try (Wire client = rig.connect()) {
                client.send(connect(origin));
                accepted(client);
                client.send("x");
                assertThat(client.ends()).isFalse();
                assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
            }
            Wire client = rig.connect();
            client.send(connect(origin));
            accepted(client);
            client.send("x");
            Await.until("the origin has the connection", () -> origin.accepted() == 2);
            client.reset();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            Await.until("the origin is let go of", () -> origin.open() == 0);
        }
    }

    @Test
    void endsWhenNothingMovesOrAtTheEndOfItsLife() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                wire.send(wire.read(1));
            }
        })) {
            try (Rig rig = Rig.setup()
                            .timeouts(t -> new Timeouts(
                                    t.connect(), t.response(), t.request(), Duration.ofMillis(200), t.lifetime()))
                            .forward()
                            .start();
                    Wire client = rig.connect()) {
                client.send(connect(origin));
                accepted(client);
                assertThat(client.ends()).isTrue();
                assertThat(rig.decision().end()).isEqualTo(End.IDLE_TIMEOUT);
            }
            try (Rig rig = Rig.setup()
                            .timeouts(t -> new Timeouts(
                                    t.connect(), t.response(), t.request(), t.idle(), Duration.ofMillis(300)))
                            .forward()
                            .start();
                    Wire client = rig.connect()) {
                client.send(connect(origin));
                accepted(client);
                boolean alive = true;
                while (alive) {
                    try {
                        client.send("x");
                        alive = client.hasNext();
                        if (alive) {
                            client.read(1);
                        }
                    } catch (java.io.UncheckedIOException e) {
                        alive = false;
                    }
                }
                assertThat(rig.decision().end()).isEqualTo(End.LIFETIME);
            }
        }
    }

    @Test
    void isNotForListenersThatStandForServers() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .role(
                                "web",
                                (ask, peer, trail) ->
                                        new Verdict.Refuse(405, ProxyError.HTTP_REQUEST_DENIED, "", "No tunnels."))
                        .reverse(origin)
                        .start();
                Wire client = rig.connect()) {
            client.send(connect(origin));
            assertThat(client.readResponse().status()).isEqualTo(405);
        }
    }
}
