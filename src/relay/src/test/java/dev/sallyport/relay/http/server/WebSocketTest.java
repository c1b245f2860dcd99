package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.H2Peer;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets to origins of HTTP/2 (RFC 8441), from clients of both versions. */
class WebSocketTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final String UPGRADE = "GET /chat?a=b HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\n"
            + "Upgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Protocol: chat\r\n\r\n";
    private static final String EXTENDED = ":method: CONNECT|:protocol: websocket|:scheme: http"
            + "|:authority: shop.example|:path: /chat?a=b|sec-websocket-version: 13|sec-websocket-protocol: chat";
    private static final int LARGE = 1 << 20;
    private static final int INTERNAL_ERROR = 2;
    private static final int CANCEL = 8;

    private static Origin taking(Script script) {
        return Origin.scripted((wire, number) -> {
            H2Peer peer = H2Peer.serve(wire, H2Peer.ENABLE_CONNECT_PROTOCOL, 1);
            script.run(peer, peer.nextHead());
            peer.untilEnd();
        });
    }

    @FunctionalInterface
    private interface Script {
        void run(H2Peer peer, H2Peer.Head head) throws Exception;
    }

    private static Rig before(Origin origin) throws Exception {
        return Rig.setup()
                .reverse(origin)
                .backend(Clusters.protocol(Cluster.Protocol.H2C))
                .start();
    }

    private static void agree(H2Peer peer, H2Peer.Head asked) {
        assertThat(asked.last()).isFalse();
        peer.head(
                asked.stream(), false, ":status", "200", "sec-websocket-protocol", "chat", "sec-websocket-accept", "x");
    }

    /** Reads the data of a stream to its end, giving credit for all of it. */
    private static String readAll(H2Peer peer) {
        StringBuilder all = new StringBuilder();
        H2Peer.Frame frame;
        do {
            frame = peer.next(H2Peer.DATA);
            all.append(frame.text());
            if (frame.payload().length > 0) {
                peer.windowUpdate(0, frame.payload().length);
                if (!frame.endsStream()) {
                    peer.windowUpdate(frame.stream(), frame.payload().length);
                }
            }
        } while (!frame.endsStream());
        return all.toString();
    }

    @Test
    void carriesOneOfAClientOfHttp1() throws Exception {
        AtomicReference<H2Peer.Head> asked = new AtomicReference<>();
        try (Origin origin = taking((peer, head) -> {
                    asked.set(head);
                    agree(peer, head);
                    peer.data(head.stream(), "hello", false);
                    peer.data(head.stream(), "heard " + readAll(peer).length(), true);
                });
                Rig rig = before(origin);
                Wire client = rig.connect()) {
            client.send(UPGRADE);
            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Upgrade: websocket\r\n", "Connection: upgrade\r\n", "sec-websocket-protocol: chat\r\n")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                    .doesNotContain("sec-websocket-accept: x");
            assertThat(client.read(5)).isEqualTo("hello");
            client.send("x".repeat(LARGE)).endOutput();
            assertThat(client.readAll()).isEqualTo("heard " + LARGE);
            assertThat(asked.get().fields())
                    .containsEntry(":method", "CONNECT")
                    .containsEntry(":protocol", "websocket")
                    .containsEntry(":scheme", "http")
                    .containsEntry(":authority", "shop.example")
                    .containsEntry(":path", "/chat?a=b")
                    .containsEntry("sec-websocket-version", "13")
                    .containsEntry("sec-websocket-protocol", "chat")
                    .containsEntry("x-forwarded-for", "127.0.0.1")
                    .doesNotContainKeys("sec-websocket-key", "upgrade", "connection", "host");
            RecordedDecision decision = rig.decision();
            assertThat(decision.status()).isEqualTo(101);
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(decision.requestBytes()).isEqualTo(LARGE);
            assertThat(decision.responseBytes()).isEqualTo(("hello" + "heard " + LARGE).length());
        }
    }

    @Test
    void carriesOneOfAClientOfHttp2() throws Exception {
        try (Origin origin = taking((peer, head) -> {
                    assertThat(head.fields())
                            .containsEntry(":method", "CONNECT")
                            .containsEntry(":protocol", "websocket")
                            .doesNotContainKeys("sec-websocket-key", "upgrade", "connection", "host");
                    agree(peer, head);
                    peer.data(head.stream(), "heard " + readAll(peer), true);
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, EXTENDED, false);
            assertThat(client.next(Http2Wire.Head.class).fields())
                    .containsEntry(":status", "200")
                    .containsEntry("sec-websocket-protocol", "chat")
                    .doesNotContainKeys("sec-websocket-accept", "upgrade", "connection");
            client.data(1, "you", true);
            Http2Wire.Data data = client.next(Http2Wire.Data.class);
            assertThat(data.text()).isEqualTo("heard you");
            assertThat(data.end() || client.next(Http2Wire.Data.class).end()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void holdsTheOriginToTheClientsPace() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        try (Origin origin = taking((peer, head) -> {
                    agree(peer, head);
                    String chunk = "y".repeat(16 << 10);
                    int window = 128 << 10;
                    while (sent.get() < LARGE) {
                        for (; window >= chunk.length() && sent.get() < LARGE; window -= chunk.length()) {
                            sent.addAndGet(chunk.length());
                            peer.data(head.stream(), chunk, sent.get() == LARGE);
                        }
                        if (sent.get() < LARGE) {
                            H2Peer.Frame credit = peer.next(H2Peer.WINDOW_UPDATE);
                            window += credit.stream() == head.stream() ? credit.number(0) : 0;
                        }
                    }
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2().stingy()) {
            client.headers(1, EXTENDED, false);
            client.next(Http2Wire.Head.class);
            int got = 0;
            while (got < 65_535) {
                got += client.next(Http2Wire.Data.class).text().length();
            }
            assertThat(sent).hasValueLessThan(LARGE);
            client.window(0, LARGE).window(1, LARGE);
            while (got < LARGE) {
                got += client.next(Http2Wire.Data.class).text().length();
            }
            assertThat(got).isEqualTo(LARGE);
        }
    }

    @Test
    void sharesTheConnectionWithRequests() throws Exception {
        try (Origin origin = taking((peer, head) -> {
                    agree(peer, head);
                    H2Peer.Head request = peer.nextHead();
                    peer.head(request.stream(), false, ":status", "200");
                    peer.data(request.stream(), "beside", true);
                    peer.data(head.stream(), readAll(peer), true);
                });
                Rig rig = before(origin);
                Wire chat = rig.connect();
                Wire client = rig.connect()) {
            chat.send(UPGRADE);
            chat.readHead();
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("beside");
            chat.send("still here").endOutput();
            assertThat(chat.readAll()).isEqualTo("still here");
            assertThat(origin.accepted()).isEqualTo(1);
            rig.decision();
            rig.decision();
            assertThat(rig.metric("sallyport_upstream_connections_active")).isEqualTo(1);
        }
    }

    @Test
    void tellsTheOriginThatTheClientBrokeOff() throws Exception {
        AtomicInteger code = new AtomicInteger(-1);
        try (Origin origin = taking((peer, head) -> {
                    agree(peer, head);
                    code.set(peer.next(H2Peer.RST_STREAM).number(0));
                });
                Rig rig = before(origin);
                Wire client = rig.connect()) {
            client.send(UPGRADE);
            client.readHead();
            client.reset();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            Await.until("the stream is reset", () -> code.get() == CANCEL);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsTheClientThatTheOriginBrokeOff(boolean stream) throws Exception {
        try (Origin origin = taking((peer, head) -> {
                    agree(peer, head);
                    peer.next(H2Peer.DATA);
                    if (stream) {
                        peer.reset(head.stream(), INTERNAL_ERROR);
                    } else {
                        peer.wire().reset();
                    }
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, EXTENDED, false);
            client.next(Http2Wire.Head.class);
            client.data(1, "x", false);
            assertThat(client.next(Http2Wire.Reset.class).code()).isEqualTo(ErrorCode.CANCEL);
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
        }
    }

    @Test
    void passesARefusalOn() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (Origin origin = taking((peer, head) -> {
                    peer.head(head.stream(), false, ":status", "403");
                    peer.data(head.stream(), "no", true);
                    assertThat(peer.next(H2Peer.DATA).endsStream()).isTrue();
                    ended.countDown();
                });
                Rig rig = before(origin);
                Wire client = rig.connect()) {
            client.send(UPGRADE);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.body()).isEqualTo("no");
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.decision().status()).isEqualTo(403);
        }
    }

    @Test
    void saysThatAnOriginTakesNone() throws Exception {
        try (Origin origin =
                        Origin.scripted((wire, number) -> H2Peer.serve(wire).untilEnd());
                Rig rig = before(origin);
                Wire client = rig.connect()) {
            client.send(UPGRADE);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=http_upgrade_failed");
            assertThat(rig.decision().upstream()).isEqualTo(origin.authority());
        }
    }

    /** With those that choose HTTP/2 and take no WebSockets in it, and with all for other protocols than WebSocket. */
    @ParameterizedTest
    @CsvSource({"0,WebSocket", "1,WebSocket", "1,other"})
    void fallsBackToHttp1WhereThatIsSpokenToo(int takes, String protocol) throws Exception {
        AtomicReference<String> spoken = new AtomicReference<>("");
        try (Origin origin =
                        Origin.scripted(Authority.context(null, AUTHORITY.issue("shop.example")), (wire, number) -> {
                            SSLSocket socket = (SSLSocket) wire.socket();
                            SSLParameters parameters = socket.getSSLParameters();
                            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                            socket.setSSLParameters(parameters);
                            socket.startHandshake();
                            if (socket.getApplicationProtocol().equals("h2")) {
                                H2Peer peer = H2Peer.serve(wire, H2Peer.ENABLE_CONNECT_PROTOCOL, takes);
                                if (takes == 1 && protocol.equals("WebSocket")) {
                                    spoken.set("h2");
                                    H2Peer.Head head = peer.nextHead();
                                    agree(peer, head);
                                    peer.data(head.stream(), readAll(peer), true);
                                }
                                peer.untilEnd();
                            } else {
                                spoken.set("http/1.1");
                                assertThat(wire.readHead()).contains("Upgrade: " + protocol + "\r\n");
                                wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                                        + protocol + "\r\n\r\n");
                                wire.send(wire.readAll());
                            }
                        });
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .secrets(new Authority.Secrets()
                                .authority("ca", AUTHORITY)
                                .bundle())
                        .backendTls(Cluster.Protocol.NEGOTIATED, new OriginTls("shop.example", List.of("ca"), ""))
                        .start();
                Wire client = rig.connect()) {
            client.send(UPGRADE.replace("WebSocket\r\n", protocol + "\r\n"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            client.send("echo").endOutput();
            assertThat(client.readAll()).isEqualTo("echo");
            boolean h2 = takes == 1 && protocol.equals("WebSocket");
            assertThat(spoken).hasValue(h2 ? "h2" : "http/1.1");
        }
    }
}
