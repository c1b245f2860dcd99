package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Listener;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Configs;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Http2Wire.Event;
import dev.sallyport.relay.rig.Http2Wire.Response;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Requests over HTTP/2 to origins that speak HTTP/1.1. */
class Http2Test {
    private static final String POST = Http2Wire.request("POST", "/");

    @Test
    void servesARequest() throws Exception {
        try (Origin origin =
                        Origin.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Own: Value\r\nKeep-Alive: 5\r\n"
                                + "Connection: X-Hop\r\nX-Hop: 1\r\n\r\nhello");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(
                    1, Http2Wire.request("GET", "/a/../b?c") + "|user-agent: test|cookie: a=b|cookie: c=d", true);
            Response response = client.response(1);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.field("x-own")).isEqualTo("Value");
            assertThat(response.fields())
                    .containsKeys("date", "content-length")
                    .doesNotContainKeys("x-hop", "keep-alive");
            Wire.Request request = origin.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /b?c HTTP/1.1");
            assertThat(request.field("host")).isEqualTo("shop.example");
            assertThat(request.field("user-agent")).isEqualTo("test");
            assertThat(request.field("cookie")).isEqualTo("a=b; c=d");
            assertThat(request.field("via")).startsWith("2.0 sallyport-");
            assertThat(request.fields()).doesNotContainKeys("content-length", "transfer-encoding");
            RecordedDecision decision = rig.decision();
            assertThat(decision.protocol()).isEqualTo("HTTP/2");
            assertThat(decision.path()).isEqualTo("/b");
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void tellsItsLimits() throws Exception {
        try (Rig rig = Rig.setup().reverse().start();
                Http2Wire client = rig.http2()) {
            client.settle();
            assertThat(client.setting(Frames.MAX_CONCURRENT_STREAMS)).isEqualTo(100);
            assertThat(client.setting(Frames.MAX_HEADER_LIST_SIZE)).isEqualTo(32 << 10);
            assertThat(client.setting(Frames.ENABLE_CONNECT_PROTOCOL)).isEqualTo(1);
        }
    }

    @Test
    void servesStreamsSideBySide() throws Exception {
        CountDownLatch all = new CountDownLatch(16);
        try (Origin origin = Origin.serving((wire, request) -> {
                    all.countDown();
                    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n"
                            + request.line().substring(5, 9) + "\r\n0\r\n\r\n");
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            for (int i = 0; i < 16; i++) {
                client.get(2 * i + 1, "/" + (1000 + i));
            }
            for (int i = 15; i >= 0; i--) {
                assertThat(client.response(2 * i + 1).body()).isEqualTo(String.valueOf(1000 + i));
            }
        }
    }

    @Test
    void passesBodiesAndTrailersBothWays() throws Exception {
        String[] trailers = new String[1];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    assertThat(wire.readHead()).contains("Transfer-Encoding: chunked\r\n");
                    assertThat(wire.readUntil("0\r\n")).contains("abc", "def");
                    trailers[0] = wire.readUntil("\r\n\r\n");
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n"
                            + "2\r\nok\r\n0\r\ngrpc-status: 7\r\nContent-Length: 9\r\n\r\n");
                    wire.hasNext();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(1, POST + "|te: trailers", false);
            client.data(1, "abc", false);
            client.settle();
            client.data(1, "def", false);
            client.headers(1, "x-sum: 5", true);
            Response response = client.response(1);
            assertThat(trailers[0]).isEqualTo("x-sum: 5\r\n\r\n");
            assertThat(response.body()).isEqualTo("ok");
            assertThat(response.field("trailer")).isEqualTo("grpc-status");
            assertThat(response.trailers()).containsOnlyKeys("grpc-status").containsEntry("grpc-status", "7");
            assertThat(rig.decision().requestBytes()).isEqualTo(6);
        }
    }

    @Test
    void answersWithoutBodies() throws Exception {
        try (Origin origin = Origin.serving((wire, request) -> wire.send(
                        request.line().startsWith("HEAD")
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
                                : request.line().contains("/304")
                                        ? "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"
                                        : request.line().contains("/204")
                                                ? "HTTP/1.1 204 No Content\r\n\r\n"
                                                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            // No window at all: what has no body needs none.
            client.settings(Frames.INITIAL_WINDOW_SIZE, 0);
            client.headers(1, Http2Wire.request("HEAD", "/"), true);
            assertThat(client.response(1).field("content-length")).isEqualTo("7");
            client.get(3, "/304");
            Response notModified = client.response(3);
            assertThat(notModified.status()).isEqualTo(304);
            assertThat(notModified.field("content-length")).isEqualTo("7");
            client.get(5, "/204");
            assertThat(client.response(5).fields()).doesNotContainKey("content-length");
            client.get(7, "/200");
            assertThat(client.response(7).field("content-length")).isEqualTo("0");
        }
    }

    @Test
    void passesInterimResponses() throws Exception {
        try (Origin origin = Origin.answering("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            Response response = client.get(1, "/").response(1);
            assertThat(response.interim()).containsExactly(103);
            assertThat(response.status()).isEqualTo(200);
        }
    }

    @Test
    void asksForTheBodyThatWasAnnounced() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(1, POST + "|expect: 100-continue|content-length: 2", false);
            assertThat(client.next(Http2Wire.Head.class).fields()).containsEntry(":status", "100");
            client.data(1, "hi", true);
            assertThat(client.response(1).status()).isEqualTo(200);
        }
    }

    @Test
    void stopsABodyThatIsNotWantedAnyMore() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                    wire.hasNext();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(1, POST, false);
            Response response = client.response(1);
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.body()).isEqualTo("no");
            assertThat(client.next(Http2Wire.Reset.class).code()).isEqualTo(ErrorCode.NO_ERROR);
            client.data(1, "late", true);
            assertThat(client.get(3, "/").response(3).status()).isEqualTo(403);
        }
    }

    @Test
    void givesCreditOnlyForWhatTheOriginTook() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        AtomicLong got = new AtomicLong();
        int size = 24 << 20;
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
                    got.set(wire.read(size).length());
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    wire.hasNext();
                });
                Rig rig =
                        Rig.setup().reverse(limits -> unlimited(limits), origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(1, POST + "|content-length: " + size, false);
            long window = client.setting(Frames.INITIAL_WINDOW_SIZE);
            client.settle();
            window = client.setting(Frames.INITIAL_WINDOW_SIZE);
            String piece = "x".repeat(16 << 10);
            long sent = 0;
            // The kernel's buffers take some; then no more credit comes.
            boolean more = true;
            while (more) {
                while (window >= piece.length()) {
                    client.data(1, piece, false);
                    window -= piece.length();
                    sent += piece.length();
                }
                more = false;
                for (Event event : client.settle()) {
                    if (event instanceof Http2Wire.Window update && update.stream() == 1) {
                        window += update.increment();
                        more = true;
                    }
                }
                assertThat(sent).isLessThan(size);
            }
            read.countDown();
            while (sent < size) {
                if (window < piece.length()) {
                    Http2Wire.Window update = client.next(Http2Wire.Window.class);
                    window += update.stream() == 1 ? update.increment() : 0;
                } else {
                    sent += piece.length();
                    window -= piece.length();
                    client.data(1, piece, sent == size);
                }
            }
            assertThat(client.response(1).body()).isEqualTo("ok");
            assertThat(got.get()).isEqualTo(size);
        }
    }

    private static ClientLimits unlimited(ClientLimits limits) {
        return new ClientLimits(limits.headerBytes(), 0, limits.headerTimeout(), limits.idleTimeout());
    }

    @Test
    void waitsForTheWindowsOfTheClient() throws Exception {
        int size = 1 << 20;
        try (Origin origin = Origin.saying("y".repeat(size));
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2().stingy()) {
            client.settings(Frames.INITIAL_WINDOW_SIZE, 10);
            client.get(1, "/").get(3, "/");
            int[] got = new int[4];
            while (got[1] < 10 || got[3] < 10) {
                Http2Wire.Data data = client.next(Http2Wire.Data.class);
                got[data.stream()] += data.text().length();
            }
            client.settle();
            assertThat(got[1]).isEqualTo(10);
            assertThat(got[3]).isEqualTo(10);
            // The connection's window stays: one stream alone cannot take it all for ever.
            client.window(1, size).window(3, size);
            while (got[1] + got[3] < Frames.DEFAULT_WINDOW) {
                Http2Wire.Data data = client.next(Http2Wire.Data.class);
                got[data.stream()] += data.text().length();
            }
            assertThat(got[1] + got[3]).isEqualTo(Frames.DEFAULT_WINDOW);
            client.window(0, 10 * size);
            int ends = 0;
            while (ends < 2) {
                Http2Wire.Data data = client.next(Http2Wire.Data.class);
                got[data.stream()] += data.text().length();
                ends += data.end() ? 1 : 0;
            }
            assertThat(got[1]).isEqualTo(size);
            assertThat(got[3]).isEqualTo(size);
        }
    }

    @Test
    void takesBackWindowsBySettings() throws Exception {
        try (Origin origin = Origin.saying("0123456789");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2().stingy()) {
            client.settings(Frames.INITIAL_WINDOW_SIZE, 6);
            client.get(1, "/");
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("012345");
            client.settings(Frames.INITIAL_WINDOW_SIZE, 2).settings(Frames.INITIAL_WINDOW_SIZE, 8);
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("67");
            client.window(1, 2);
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("89");
        }
    }

    @Test
    void cancelsWhatTheClientGivesUp() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    asked.countDown();
                    wire.hasNext();
                    gone.countDown();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.get(1, "/");
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            client.reset(1, ErrorCode.CANCEL);
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            client.settle();
        }
    }

    @Test
    void breaksOffWithTheOrigin() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            Response response = client.get(1, "/").response(1);
            assertThat(response.body()).isEqualTo("he");
            assertThat(response.resets()).containsExactly(ErrorCode.INTERNAL_ERROR);
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
        }
    }

    @Test
    void answersForAnOriginThatIsNotThere() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            taken.close();
            try (Rig rig = Rig.setup().forward().start();
                    Http2Wire client = rig.http2()) {
                client.headers(1, ":method: GET|:scheme: http|:authority: 127.0.0.1:" + port + "|:path: /", true);
                Response response = client.response(1);
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.field("proxy-status")).startsWith("sallyport; error=connection_refused");
                assertThat(response.body()).isEqualTo("The destination refused the connection.\n");
            }
        }
    }

    @Test
    void forwardsRequestsAsAProxy() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().forward().start();
                Http2Wire client = rig.http2()) {
            client.headers(1, ":method: GET|:scheme: http|:authority: " + origin.authority() + "|:path: /x", true);
            assertThat(client.response(1).body()).isEqualTo("ok");
            assertThat(origin.requests().getFirst().line()).isEqualTo("GET /x HTTP/1.1");
            assertThat(origin.requests().getFirst().field("host")).isEqualTo(origin.authority());
        }
    }

    @Test
    void carriesTunnels() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    assertThat(wire.read(5)).isEqualTo("hello");
                    wire.send("world");
                    assertThat(wire.readAll()).isEqualTo("!");
                    wire.send("bye");
                });
                Rig rig = Rig.setup().forward().start();
                Http2Wire client = rig.http2()) {
            client.headers(1, ":method: CONNECT|:authority: " + origin.authority(), false);
            client.data(1, "hello", false);
            assertThat(client.next(Http2Wire.Head.class).fields()).containsEntry(":status", "200");
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("world");
            client.data(1, "!", true);
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("bye");
            assertThat(client.next(Http2Wire.Data.class).end()).isTrue();
            RecordedDecision decision = rig.decision();
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(decision.requestBytes()).isEqualTo(6);
            assertThat(decision.responseBytes()).isEqualTo(8);
            client.settle();
        }
    }

    @Test
    void carriesMuchThroughATunnel() throws Exception {
        int size = 3 << 20;
        try (Origin origin = Origin.scripted((wire, number) -> {
                    String all = wire.read(size);
                    wire.send(all);
                    wire.hasNext();
                });
                Rig rig = Rig.setup().forward().start();
                Http2Wire client = rig.http2()) {
            client.headers(1, ":method: CONNECT|:authority: " + origin.authority(), false);
            client.settle();
            long window = client.setting(Frames.INITIAL_WINDOW_SIZE);
            int sent = 0;
            while (sent < size) {
                if (window < 16 << 10) {
                    Http2Wire.Window update = client.next(Http2Wire.Window.class);
                    window += update.stream() == 1 ? update.increment() : 0;
                } else {
                    client.data(1, String.valueOf((char) ('a' + sent % 26)).repeat(16 << 10), false);
                    sent += 16 << 10;
                    window -= 16 << 10;
                }
            }
            int got = 0;
            while (got < size) {
                got += client.next(Http2Wire.Data.class).text().length();
            }
            assertThat(got).isEqualTo(size);
            client.reset(1, ErrorCode.CANCEL);
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
        }
    }

    @Test
    void resetsATunnelWhoseOriginBreaks() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.read(1);
                    wire.reset();
                });
                Rig rig = Rig.setup().forward().start();
                Http2Wire client = rig.http2()) {
            client.headers(1, ":method: CONNECT|:authority: " + origin.authority(), false);
            client.data(1, "x", false);
            assertThat(client.next(Http2Wire.Reset.class).code()).isEqualTo(ErrorCode.CONNECT_ERROR);
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
        }
    }

    @Test
    void carriesWebSockets() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    String head = wire.readHead();
                    assertThat(head)
                            .startsWith("GET /chat HTTP/1.1\r\n")
                            .contains("Upgrade: websocket\r\n", "Sec-WebSocket-Key: ", "sec-websocket-version: 13\r\n");
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Protocol: chat\r\n\r\nhi");
                    assertThat(wire.read(5)).isEqualTo("hello");
                    wire.send("bye");
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(
                    1,
                    ":method: CONNECT|:protocol: websocket|:scheme: http|:authority: shop.example|:path: /chat"
                            + "|sec-websocket-version: 13|sec-websocket-protocol: chat",
                    false);
            assertThat(client.next(Http2Wire.Head.class).fields())
                    .containsEntry(":status", "200")
                    .containsEntry("sec-websocket-protocol", "chat")
                    .doesNotContainKeys("sec-websocket-accept", "upgrade", "connection");
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("hi");
            client.data(1, "hello", false);
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("bye");
            client.data(1, "", true);
            rig.decision();
        }
    }

    @Test
    void refusesAWebSocketThatTheOriginDoesNotWant() throws Exception {
        try (Origin origin = Origin.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(
                    1, ":method: CONNECT|:protocol: websocket|:scheme: http|:authority: shop.example|:path: /", false);
            Response response = client.response(1);
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.body()).isEqualTo("no");
        }
    }

    /** The real thing, which also speaks the rest of the protocol on its own. */
    @Test
    void servesCurl() throws Exception {
        try (Origin origin = Origin.saying("z".repeat(300_000));
                Rig rig = Rig.setup().reverse(origin).start()) {
            Process curl = new ProcessBuilder(
                            "curl",
                            "-s",
                            "--http2-prior-knowledge",
                            "-w",
                            "%{http_version}",
                            "http://127.0.0.1:" + rig.address().getPort() + "/")
                    .start();
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            curl.getInputStream().transferTo(got);
            assertThat(curl.waitFor()).isZero();
            assertThat(got.toString(StandardCharsets.ISO_8859_1))
                    .hasSize(300_001)
                    .endsWith("z2");
        }
    }

    @Test
    void endsByTwoSteps() throws Exception {
        CountDownLatch drained = new CountDownLatch(1);
        try (Origin origin = Origin.serving((wire, request) -> {
                    assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.get(1, "/");
            Await.until("the origin has it", () -> origin.requests().size() == 1);
            Thread draining = Thread.ofVirtual().start(() -> rig.drain(Duration.ofSeconds(10)));
            Http2Wire.GoAway first = client.next(Http2Wire.GoAway.class);
            assertThat(first.last()).isEqualTo(Integer.MAX_VALUE);
            assertThat(first.code()).isEqualTo(ErrorCode.NO_ERROR);
            Http2Wire.GoAway last = client.next(Http2Wire.GoAway.class);
            assertThat(last.last()).isEqualTo(1);
            drained.countDown();
            assertThat(client.response(1).body()).isEqualTo("ok");
            assertThat(client.next()).isInstanceOf(Http2Wire.Closed.class);
            client.close();
            draining.join();
        }
    }

    @Test
    void endsIdleConnections() throws Exception {
        try (Rig rig = Rig.setup()
                        .reverse(limits -> new ClientLimits(
                                limits.headerBytes(), 0, limits.headerTimeout(), Duration.ofMillis(300)))
                        .start();
                Http2Wire client = rig.http2()) {
            Http2Wire.GoAway goAway = client.next(Http2Wire.GoAway.class);
            assertThat(goAway.code()).isEqualTo(ErrorCode.NO_ERROR);
            assertThat(client.next()).isInstanceOf(Http2Wire.Closed.class);
        }
    }

    @Test
    void endsStreamsWithTheConnection() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        CountDownLatch gone = new CountDownLatch(3);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    asked.countDown();
                    wire.hasNext();
                    gone.countDown();
                });
                Rig rig = Rig.setup().reverse(origin).start()) {
            try (Http2Wire client = rig.http2()) {
                client.get(1, "/").get(3, "/").get(5, "/");
                assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 3; i++) {
                assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            }
            Await.until(
                    "the connection is not counted any more",
                    () -> rig.metric("sallyport_connections_active{role=\"reverse\"}") == 0);
        }
    }

    @Test
    void keepsItsStreamsAcrossReloads() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        try (Origin origin = Origin.serving((wire, request) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhe");
                    assertThat(reloaded.await(20, TimeUnit.SECONDS)).isTrue();
                    wire.send("re");
                });
                Rig rig =
                        Rig.setup().reverse(limits -> unlimited(limits), origin).start();
                Http2Wire client = rig.http2()) {
            client.get(1, "/");
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("he");
            for (int i = 0; i < 100; i++) {
                int headerBytes = 16_000 + i;
                rig.apply(Configs.listeners(
                        rig.config(),
                        rig.config().listeners().stream()
                                .map(each -> new Listener(
                                        each.name(),
                                        each.address(),
                                        each.port(),
                                        each.publicPort(),
                                        each.role(),
                                        each.policy(),
                                        each.protocols(),
                                        new ClientLimits(
                                                headerBytes, 1, Duration.ofSeconds(10), Duration.ofSeconds(60))))
                                .toList()));
            }
            client.settle();
            // What begins now is served by what is configured now.
            client.headers(3, POST + "|content-length: 2", false);
            assertThat(client.response(3).status()).isEqualTo(413);
            reloaded.countDown();
            assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("re");
        }
    }

    /** Until its connections are closed, a relay that will end tells clients with their next response to go elsewhere. */
    @Test
    void announcesItsEndWithTheNextResponse() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            assertThat(client.get(1, "/").response(1).body()).isEqualTo("ok");
            assertThat(client.settle()).noneMatch(Http2Wire.GoAway.class::isInstance);
            rig.server().announceEnd();
            client.settle();
            client.get(3, "/");
            Http2Wire.GoAway first = client.next(Http2Wire.GoAway.class);
            assertThat(first.last()).isEqualTo(Integer.MAX_VALUE);
            Http2Wire.GoAway last = client.next(Http2Wire.GoAway.class);
            assertThat(last.last()).isEqualTo(3);
        }
    }
}
