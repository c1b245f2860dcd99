package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.role.Disclosure;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests in front of a cluster, between a client and an origin that behave. */
class ReverseTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    @ParameterizedTest
    @EnumSource
    void keepsBothConnections(Transport transport) throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /a/../b?x=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n");
                Wire.Response response = client.readResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("hello");
                RecordedDecision decision = rig.decision();
                assertThat(decision.status()).isEqualTo(200);
                assertThat(decision.path()).isEqualTo("/b");
                assertThat(decision.responseBytes()).isEqualTo(5);
                assertThat(decision.end()).isEqualTo(Decision.End.COMPLETE);
                assertThat(decision.upstream()).isEqualTo(origin.authority());
            }
            assertThat(origin.accepted()).isEqualTo(1);
            assertThat(origin.requests()).hasSize(3).allSatisfy(request -> {
                assertThat(request.line()).isEqualTo("GET /b?x=1 HTTP/1.1");
                assertThat(request.field("host")).isEqualTo("shop.example");
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void servesPipelinedRequestsInOrder(Transport transport) throws Exception {
        try (Origin origin = Origin.serving((wire, request) -> {
                    String path = request.line().split(" ")[1];
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                });
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                requests.append("GET /")
                        .append(i)
                        .append(" HTTP/1.1\r\nHost: shop.example\r\nX-Padding: ")
                        .append("x".repeat(1000))
                        .append("\r\n\r\n");
            }
            Thread sender = Thread.ofVirtual().start(() -> client.send(requests.toString()));
            for (int i = 0; i < 500; i++) {
                assertThat(client.readResponse().body()).isEqualTo("/" + i);
            }
            sender.join();
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamsLargeBodiesBothWays(Transport transport) throws Exception {
        int size = 20 << 20;
        try (Origin origin = Origin.scripted((wire, number) -> {
                    Wire.Request request = wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: "
                            + request.body().length() + "\r\n\r\n");
                    wire.send(request.body());
                });
                Rig rig = Rig.setup()
                        .transport(transport)
                        .reverse(l -> new ClientLimits(l.headerBytes(), 0, l.headerTimeout(), l.idleTimeout()), origin)
                        .start();
                Wire client = rig.connect()) {
            String body = "0123456789abcdef".repeat(size / 16);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            client.send(body);
            assertThat(client.readResponse().body().equals(body)).isTrue();
            assertThat(rig.decision().requestBytes()).isEqualTo(size);
        }
    }

    @Test
    void framesBodiesAnew() throws Exception {
        try (Origin origin = Origin.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "00004;ext=\"1\"\r\nWiki\r\n1\r\n!\r\n0\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.body()).isEqualTo("abcde");
            assertThat(origin.requests()).singleElement().satisfies(request -> {
                assertThat(request.body()).isEqualTo("Wiki!");
            });
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz");
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.requests().get(1).body()).isEqualTo("xyz");
            assertThat(origin.requests().get(1).field("content-length")).isEqualTo("3");
        }
    }

    @Test
    void endsAResponseOfUnknownLengthAsTheClientUnderstands() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
                });
                Rig rig = Rig.setup().reverse(origin).start()) {
            try (Wire client = rig.connect()) {
                client.send(GET);
                Wire.Response response = client.readResponse();
                assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
                assertThat(response.body()).isEqualTo("until the end");
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
            try (Wire client = rig.connect()) {
                client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                Wire.Response response = client.readResponse();
                assertThat(response.fields()).doesNotContainKey("transfer-encoding");
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(response.body()).isEqualTo("until the end");
            }
        }
    }

    @Test
    void servesHttp10() throws Exception {
        try (Origin origin = Origin.saying("old");
                Rig rig = Rig.setup().reverse(origin).start()) {
            try (Wire client = rig.connect()) {
                client.send("GET / HTTP/1.0\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("old");
                assertThat(client.ends()).isTrue();
                assertThat(origin.requests().getFirst().field("host")).isEqualTo(origin.authority());
                assertThat(origin.requests().getFirst().field("forwarded")).isEqualTo("for=127.0.0.1;proto=http");
                assertThat(origin.requests().getFirst().fields()).doesNotContainKey("x-forwarded-host");
                assertThat(origin.requests().getFirst().line()).endsWith("HTTP/1.1");
            }
            try (Wire client = rig.connect()) {
                for (int i = 0; i < 2; i++) {
                    client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n");
                    assertThat(client.readResponse().field("connection")).isEqualTo("keep-alive");
                }
            }
        }
    }

    @Test
    void knowsResponsesWithoutABody() throws Exception {
        try (Origin origin = Origin.serving((wire, request) -> wire.send(
                        switch (request.line().split(" ")[1]) {
                            case "/head" -> "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
                            case "/none" -> "HTTP/1.1 204 No Content\r\n\r\n";
                            case "/same" -> "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n";
                            default -> "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                        }));
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse(true).field("content-length")).isEqualTo("1000");
            for (String path : new String[] {"/none", "/same", "/empty"}) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.readResponse().body()).isEmpty();
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void countsHowFarAnOptionsMayGo() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
            Wire.Response here = client.readResponse();
            assertThat(here.status()).isEqualTo(200);
            assertThat(here.field("proxy-status")).contains("error=proxy_internal_response");
            assertThat(origin.accepted()).isZero();
            client.send("OPTIONS /a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 10\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            client.send("GET /a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.requests())
                    .extracting(request -> request.field("max-forwards"))
                    .containsExactly("9", "0");
            client.send("TRACE /a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(405);
            client.send("OPTIONS /a HTTP/1.1\r\nHost: a\r\nMax-Forwards: -1\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void passesInterimResponsesOn() throws Exception {
        try (Origin origin = Origin.answering("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
                Rig rig = Rig.setup().reverse(origin).start()) {
            try (Wire client = rig.connect()) {
                client.send(GET);
                assertThat(client.readResponse().head())
                        .isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("x");
            }
            try (Wire client = rig.connect()) {
                client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void boundsTheBodyOfARequest() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.readAll());
                Rig rig = Rig.setup()
                        .reverse(l -> new ClientLimits(l.headerBytes(), 10, l.headerTimeout(), l.idleTimeout()), origin)
                        .start()) {
            try (Wire client = rig.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
                assertThat(client.readResponse().status()).isEqualTo(413);
                assertThat(origin.accepted()).isZero();
            }
            try (Wire client = rig.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n");
                client.send("6\r\nabcdef\r\n");
                Wire.Response response = client.readResponse();
                assertThat(response.status()).isEqualTo(413);
                assertThat(response.field("connection")).isEqualTo("close");
            }
        }
    }

    @Test
    void doesNotWaitForeverForAHead() throws Exception {
        try (Rig rig = Rig.setup()
                .reverse(l -> new ClientLimits(l.headerBytes(), 0, Duration.ofMillis(100), Duration.ofMillis(100)))
                .start()) {
            try (Wire slow = rig.connect()) {
                slow.send("GET / HT");
                Wire.Response response = slow.readResponse();
                assertThat(response.status()).isEqualTo(408);
                assertThat(rig.faults("head_timeout")).isOne();
                assertThat(rig.decision().end()).isEqualTo(Decision.End.CLIENT_TIMEOUT);
            }
            try (Wire idle = rig.connect()) {
                assertThat(idle.readAll()).isEmpty();
            }
            assertThat(rig.toldAll()).isTrue();
        }
    }

    @Test
    void answersAClientThatHasEndedItsSide() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + GET).endOutput();
            assertThat(client.readResponse().field("connection")).isEmpty();
            Wire.Response last = client.readResponse();
            assertThat(last.body()).isEqualTo("hello");
            assertThat(last.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void tellsTheOriginWhoTheClientIs() throws Exception {
        String spoofed = "GET / HTTP/1.1\r\nHost: shop.example:8080\r\nX-Forwarded-For: 6.6.6.6\r\n"
                + "X-Forwarded-Proto: https\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
                + "Connection: X-Forwarded-For, X-Mine\r\nX-Mine: 1\r\nProxy-Authorization: Basic eDp5\r\n"
                + "Keep-Alive: timeout=5\r\nTE: gzip\r\nUpgrade: h2c\r\n\r\n";
        try (Origin origin = Origin.saying("hello")) {
            try (Rig rig = Rig.setup().reverse(origin).start();
                    Wire client = rig.connect()) {
                client.send(spoofed);
                client.readResponse();
                Wire.Request request = origin.requests().getLast();
                assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
                assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
                assertThat(request.field("x-forwarded-host")).isEqualTo("shop.example:8080");
                assertThat(request.field("x-forwarded-port")).isEqualTo("8080");
                assertThat(request.field("forwarded")).isEqualTo("for=127.0.0.1;host=\"shop.example:8080\";proto=http");
                assertThat(request.field("via")).startsWith("1.1 sallyport-");
                assertThat(request.fields())
                        .doesNotContainKeys(
                                "x-real-ip",
                                "x-mine",
                                "proxy-authorization",
                                "keep-alive",
                                "te",
                                "upgrade",
                                "connection");
            }
            try (Rig rig = Rig.setup()
                            .disclosure(new Disclosure(Disclosure.Forwarding.APPEND, false, true))
                            .reverse(origin)
                            .start();
                    Wire client = rig.connect()) {
                client.send(spoofed);
                assertThat(client.readResponse().field("via")).startsWith("1.1 sallyport-");
                Wire.Request request = origin.requests().getLast();
                assertThat(request.field("x-forwarded-for")).isEqualTo("6.6.6.6, 127.0.0.1");
                assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
                assertThat(request.field("forwarded")).startsWith("for=6.6.6.6, for=127.0.0.1;");
                assertThat(request.fields()).doesNotContainKey("via");
            }
            try (Rig rig = Rig.setup()
                            .disclosure(new Disclosure(Disclosure.Forwarding.REMOVE, false, false))
                            .reverse(origin)
                            .start();
                    Wire client = rig.connect()) {
                client.send(spoofed);
                client.readResponse();
                assertThat(origin.requests().getLast().fields().keySet()).containsExactly("host");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void holdsBackAnOriginWhoseClientDoesNotRead(Transport transport) throws Exception {
        int size = 64 << 20;
        long[] sent = new long[1];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    byte[] block = new byte[64 << 10];
                    for (int i = 0; i < size; i += block.length) {
                        wire.send(block);
                        sent[0] += block.length;
                    }
                });
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET).endOutput();
            client.readHead();
            Await.stillness("the origin is held back", () -> sent[0]);
            assertThat(sent[0]).isBetween(1L, size / 2L);
            assertThat(client.read(size)).hasSize(size);
        }
    }
}
