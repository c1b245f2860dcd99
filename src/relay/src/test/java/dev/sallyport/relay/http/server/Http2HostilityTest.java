package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Deaf;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Http2Wire.Closed;
import dev.sallyport.relay.rig.Http2Wire.Event;
import dev.sallyport.relay.rig.Http2Wire.GoAway;
import dev.sallyport.relay.rig.Http2Wire.Response;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of HTTP/2 that want to cost more than they pay. */
class Http2HostilityTest {
    private static final int MUCH = 4_000;

    private static UnaryOperator<ClientLimits> timeouts(Duration header, Duration idle) {
        return limits -> new ClientLimits(limits.headerBytes(), 0, header, idle);
    }

    private static Origin silent() {
        return Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                wire.read(1);
            }
        });
    }

    /** What a client does over and over, and what it is counted as. */
    enum Flood {
        RESET("h2_reset_flood") {
            @Override
            void once(Http2Wire client, int number) {
                client.get(2 * number + 1, "/").reset(2 * number + 1, ErrorCode.CANCEL);
            }
        },
        /** CVE-2025-55163: the relay is made to reset the streams itself. */
        PROVOKED_RESET("h2_reset_flood") {
            @Override
            void once(Http2Wire client, int number) {
                client.get(2 * number + 1, "/").window(2 * number + 1, 0);
            }
        },
        MALFORMED("h2_reset_flood") {
            @Override
            void once(Http2Wire client, int number) {
                client.headers(2 * number + 1, Http2Wire.request("GET", "") + "|connection: close", true);
            }
        },
        SETTINGS("h2_settings_flood") {
            @Override
            void once(Http2Wire client, int number) {
                client.settings(Frames.MAX_HEADER_LIST_SIZE, number);
            }
        },
        PING("h2_ping_flood") {
            @Override
            void once(Http2Wire client, int number) {
                client.ping(number);
            }
        },
        EMPTY_DATA("h2_empty_frames") {
            @Override
            void once(Http2Wire client, int number) {
                if (number == 0) {
                    client.headers(1, Http2Wire.request("POST", "/"), false);
                }
                client.data(1, "", false);
            }
        },
        PADDING("h2_empty_frames") {
            @Override
            void once(Http2Wire client, int number) {
                if (number == 0) {
                    client.headers(1, Http2Wire.request("POST", "/"), false);
                }
                client.frame(Frames.DATA, Frames.PADDED, 1, new byte[1]);
            }
        },
        PRIORITY("h2_empty_frames") {
            @Override
            void once(Http2Wire client, int number) {
                client.frame(Frames.PRIORITY, 0, 2 * number + 3, new byte[] {0, 0, 0, 1, 0});
            }
        },
        WINDOW_UPDATE("h2_empty_frames") {
            @Override
            void once(Http2Wire client, int number) {
                client.window(0, 1);
            }
        },
        UNKNOWN("h2_empty_frames") {
            @Override
            void once(Http2Wire client, int number) {
                client.frame(77, 0, 0, new byte[0]);
            }
        };

        private final String fault;

        Flood(String fault) {
            this.fault = fault;
        }

        abstract void once(Http2Wire client, int number);
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void endsFloods(Flood flood) throws Exception {
        try (Origin origin = silent();
                Rig rig = Rig.setup().silent().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            flood(client, flood);
            GoAway goAway = lastWords(client);
            if (goAway != null) {
                assertThat(goAway.code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
            }
            Await.until(flood + " is counted", () -> rig.faults(flood.fault) == 1);
            Await.until("the origin is left", () -> origin.open() == 0);
        }
    }

    private static void flood(Http2Wire client, Flood flood) {
        try {
            for (int i = 0; i < MUCH; i++) {
                flood.once(client, i);
            }
        } catch (UncheckedIOException e) {
            // It was closed in the meantime, as it should.
        }
    }

    /** The last GOAWAY; null when a reset of the connection took it away. */
    private static GoAway lastWords(Http2Wire client) {
        GoAway last = null;
        while (true) {
            Event event = client.next();
            if (event instanceof GoAway goAway) {
                last = goAway;
            } else if (event instanceof Closed) {
                return last;
            }
        }
    }

    @Test
    void takesWhatManyRequestsNeed() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().silent().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            for (int i = 0; i < 600; i++) {
                int stream = 4 * i + 1;
                assertThat(client.get(stream, "/").response(stream).body()).isEqualTo("ok");
                // Half of the requests are given up.
                client.get(stream + 2, "/").reset(stream + 2, ErrorCode.CANCEL);
                client.ping(i);
            }
            client.settle();
        }
    }

    /** The client gives credit twice for each frame of data, as many do. */
    @Test
    void takesTheCreditThatALargeResponseNeeds() throws Exception {
        int size = 40 << 20;
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    byte[] piece = new byte[1 << 20];
                    for (int sent = 0; sent < size; sent += piece.length) {
                        wire.send(piece);
                    }
                    wire.hasNext();
                });
                Rig rig = Rig.setup().silent().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.settings(Frames.INITIAL_WINDOW_SIZE, 1 << 20)
                    .window(0, 1 << 20)
                    .get(1, "/");
            long got = 0;
            while (got < size) {
                got += client.next(Http2Wire.Data.class).text().length();
            }
            assertThat(got).isEqualTo(size);
            client.settle();
        }
    }

    @Test
    void refusesStreamsBeyondTheLimit() throws Exception {
        try (Origin origin = silent();
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            for (int i = 0; i < 101; i++) {
                client.get(2 * i + 1, "/");
            }
            Http2Wire.Reset refused = client.next(Http2Wire.Reset.class);
            assertThat(refused.stream()).isEqualTo(201);
            assertThat(refused.code()).isEqualTo(ErrorCode.REFUSED_STREAM);
            // A place is free once a stream is given up.
            client.reset(1, ErrorCode.CANCEL).get(203, "/");
            assertThat(client.settle()).noneMatch(Http2Wire.Reset.class::isInstance);
        }
    }

    @Test
    void answersLargeHeadsAndGoesOn() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            byte[] block = Http2Wire.block(Http2Wire.request("GET", "/") + "|x: " + "y".repeat(40_000));
            int at = 16_000;
            client.frame(Frames.HEADERS, Frames.END_STREAM, 1, Arrays.copyOf(block, at));
            client.frame(Frames.CONTINUATION, 0, 1, Arrays.copyOfRange(block, at, 2 * at));
            client.frame(Frames.CONTINUATION, Frames.END_HEADERS, 1, Arrays.copyOfRange(block, 2 * at, block.length));
            assertThat(client.response(1).status()).isEqualTo(431);
            client.headers(3, Http2Wire.request("GET", "/" + "x".repeat(9000)), true);
            assertThat(client.response(3).status()).isEqualTo(414);
            client.headers(5, Http2Wire.request("GET", "/") + "|expect: more", true);
            assertThat(client.response(5).status()).isEqualTo(417);
            assertThat(client.get(7, "/").response(7).status()).isEqualTo(200);
            assertThat(rig.faults("malformed_head_too_large")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16_000})
    void endsHeaderBlocksWithoutEnd(int fragment) throws Exception {
        try (Rig rig = Rig.setup().reverse().start();
                Http2Wire client = rig.http2()) {
            client.frame(Frames.HEADERS, 0, 1, Http2Wire.block(Http2Wire.request("GET", "/")));
            client.tries(() -> {
                for (int i = 0; i < 1000; i++) {
                    client.frame(Frames.CONTINUATION, 0, 1, new byte[fragment]);
                }
            });
            GoAway goAway = lastWords(client);
            if (goAway != null) {
                assertThat(goAway.code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
            }
            String fault = fragment == 0 ? "h2_continuation_flood" : "h2_header_bomb";
            Await.until("it is counted", () -> rig.faults(fault) == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PREFACE AND A BLOCK", "PREFACE AND HALF A FRAME"})
    void endsWhatDoesNotGetOn(String what) throws Exception {
        try (Rig rig = Rig.setup()
                        .reverse(timeouts(Duration.ofMillis(300), Duration.ofSeconds(60)))
                        .start();
                Http2Wire client = Http2Wire.silent(rig.address())) {
            if (what.startsWith("PRI ")) {
                client.bytes(what.substring(0, 20).getBytes(StandardCharsets.ISO_8859_1));
            } else {
                client.preface().settings().settle();
                byte[] block = Http2Wire.block(Http2Wire.request("GET", "/"));
                if (what.endsWith("BLOCK")) {
                    client.frame(Frames.HEADERS, 0, 1, block);
                } else {
                    client.bytes(new byte[] {0, 0, 9, Frames.HEADERS, 0, 0, 0, 0, 1, 7});
                }
            }
            while (!(client.next() instanceof Closed)) {
                // until it is over
            }
            Await.until("it is counted", () -> rig.faults("head_timeout") == 1);
        }
    }

    /** The response is whole here, the exchange over, and the client never opens its window. */
    @Test
    void endsStreamsWhoseWindowStaysShut() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .reverse(timeouts(Duration.ofSeconds(10), Duration.ofMillis(300)))
                        .start();
                Http2Wire client = rig.http2()) {
            client.settings(Frames.INITIAL_WINDOW_SIZE, 0).get(1, "/");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
            assertThat(client.next(Http2Wire.Reset.class).code()).isEqualTo(ErrorCode.CANCEL);
            assertThat(rig.faults("reader_too_slow")).isEqualTo(1);
        }
    }

    @Test
    void holdsNoMoreThanTheConnectionsWindow() throws Exception {
        // Nobody takes these bodies, as the destination is never reached.
        try (Deaf deaf = new Deaf(new InetSocketAddress("127.0.0.1", 0));
                Rig rig = Rig.setup().silent().forward().start();
                Http2Wire client = rig.http2()) {
            client.settle();
            String piece = "x".repeat(16 << 10);
            int window = 1 << 20;
            int stream = 1;
            for (int sent = 0; sent < window; stream += 2) {
                client.headers(
                        stream, ":method: POST|:scheme: http|:authority: " + deaf.authority() + "|:path: /", false);
                for (int i = 0; i < 4; i++, sent += piece.length()) {
                    client.data(stream, piece, false);
                }
            }
            assertThat(client.settle()).noneMatch(GoAway.class::isInstance);
            client.tries(() -> client.data(1, "!", false));
            GoAway goAway = lastWords(client);
            assertThat(goAway.code()).isEqualTo(ErrorCode.FLOW_CONTROL_ERROR);
            Await.until("it is counted", () -> rig.faults("h2_protocol") == 1);
        }
    }

    /** What other gateways were seen to pass on to HTTP/1.1 as two requests, or with fields of the client's making. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "transfer-encoding: chunked",
                "transfer-encoding: identity, chunked",
                "x: y\r\ntransfer-encoding: chunked",
                "x: y\r\n\r\nGET /evil HTTP/1.1\r\nhost: evil",
                "x: y\nz: w",
                "x: y\rz: w",
                "x\r\ntransfer-encoding: chunked",
                "x: y\0",
                "x : y",
                "x:y: z",
                "host: shop.example|host: evil",
                "host: evil",
                "connection: content-length",
                "connection: transfer-encoding",
                "proxy-connection: keep-alive",
                "keep-alive: 1",
                "upgrade: h2c",
                "http2-settings: AAMAAABkAAQAAP__",
                "content-length: 0|content-length: 5",
                "content-length: 4, 5",
                "content-length: -1",
                "content-length: 0x5",
                "content-length: 5|transfer-encoding: chunked",
                "te: chunked",
                "X-Upper: case",
                "x: \tblank",
                "expect: 100-continue\r\nx: y",
                ":path: /second",
                ":authority: evil",
                ":unknown: x",
                ":status: 200"
            })
    void passesOnNothingThatCouldBeTwoRequests(String lines) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(1, Http2Wire.request("POST", "/") + "|" + lines, false);
            Response response = client.response(1);
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.resets()).containsExactly(ErrorCode.PROTOCOL_ERROR);
            assertThat(rig.decision().status()).isEqualTo(400);
            assertThat(client.get(3, "/").response(3).status()).isEqualTo(200);
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method: GET /evil HTTP/1.1\r\nhost: evil\r\n\r\nGET|:scheme: http|:authority: a|:path: /",
                ":method: GET / HTTP/1.1|:scheme: http|:authority: a|:path: /",
                ":method: GET|:scheme: http://evil/?|:authority: a|:path: /",
                ":method: GET|:scheme: http|:authority: a/evil?|:path: /",
                ":method: GET|:scheme: http|:authority: a:80@evil|:path: /",
                ":method: GET|:scheme: http|:authority: a|:path: /x HTTP/1.1\r\nhost: evil\r\n\r\n",
                ":method: GET|:scheme: http|:authority: a|:path: @evil/",
                ":method: GET|:scheme: http|:authority: a|:path: http://evil/",
                ":method: GET|:scheme: http|:authority: a|:path: ",
                ":method: GET|:scheme: http|:authority: a",
                ":method: GET|:scheme: http|:path: /"
            })
    void passesOnNoTargetOfTwoMeanings(String lines) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            assertThat(client.headers(1, lines, true).response(1).status()).isEqualTo(400);
            assertThat(origin.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "long", "long at once", "trailers"})
    void tellsBodiesFromWhatTheyDeclare(String how) throws Exception {
        try (Origin origin = silent();
                Rig rig = Rig.setup().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            client.headers(1, Http2Wire.request("POST", "/") + "|content-length: 5", false);
            switch (how) {
                case "short" -> client.data(1, "1234", true);
                case "long" -> client.data(1, "1234", false).data(1, "56", true);
                case "long at once" -> client.data(1, "123456", true);
                default -> client.data(1, "1234", false).headers(1, "x: y", true);
            }
            Response response = client.response(1);
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.resets()).containsExactly(ErrorCode.PROTOCOL_ERROR);
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_ERROR);
            Await.until("the origin is left", () -> origin.open() == 0);
            assertThat(rig.faults("malformed_body_length")).isEqualTo(1);
        }
    }
}
