package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Deaf;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins and clients that misbehave. */
class TroubleTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static UnaryOperator<Timeouts> response(long millis) {
        return t -> new Timeouts(t.connect(), Duration.ofMillis(millis), t.request(), t.idle(), t.lifetime());
    }

    private static UnaryOperator<Timeouts> idle(long millis) {
        return t -> new Timeouts(t.connect(), t.response(), t.request(), Duration.ofMillis(millis), t.lifetime());
    }

    private static EndpointSet.Endpoint refusing() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new EndpointSet.Endpoint("127.0.0.1", taken.getLocalPort());
        }
    }

    @Test
    void triesAnotherEndpointWhenOneRefuses() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rigOf(List.of(refusing(), origin.endpoint(), refusing()), 2);
                Wire client = rig.connect()) {
            for (int i = 0; i < 6; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            int retries = 0;
            for (int i = 0; i < 6; i++) {
                retries += rig.decision().retries();
            }
            assertThat(retries).isPositive();
        }
        try (Rig rig = rigOf(List.of(refusing(), refusing()), 1);
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status"))
                    .isEqualTo(
                            "sallyport; error=connection_refused; details=\"The destination refused the connection.\"; hop=\"reverse shop/web\"");
            assertThat(response.body()).isEqualTo("The destination refused the connection.\n");
            assertThat(response.fields()).doesNotContainKey("connection");
            RecordedDecision decision = rig.decision();
            assertThat(decision.retries()).isEqualTo(1);
            assertThat(decision.error()).isEqualTo(ProxyError.CONNECTION_REFUSED);
            assertThat(decision.allowed()).isTrue();
            client.send(GET);
            assertThat(client.readResponse().status()).isEqualTo(502);
        }
    }

    private static Rig rigOf(List<EndpointSet.Endpoint> endpoints, int retries) throws Exception {
        Rig.Setup setup = Rig.setup().retries(retries).reverse();
        return setup.members(endpoints).start();
    }

    @Test
    void repeatsARequestWhoseKeptConnectionHadEnded() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send(OK);
                    if (number == 0) {
                        wire.readRequest();
                        wire.reset();
                    } else {
                        wire.hasNext();
                    }
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("ok");
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.accepted()).isEqualTo(2);
            assertThat(rig.decision().retries()).isZero();
            assertThat(rig.decision().retries()).isEqualTo(1);
        }
    }

    @Test
    void doesNotRepeatWhatTheOriginMayHaveActedOn() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send(OK);
                    wire.readRequest();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            client.readResponse();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("connection_terminated");
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void sendsAFirstRequestThatCannotBeRepeatedOnAConnectionOfItsOwn() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire first = rig.connect();
                Wire second = rig.connect()) {
            first.send(GET);
            first.readResponse();
            second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            second.readResponse();
            assertThat(origin.accepted()).isEqualTo(2);
            second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            second.readResponse();
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void dropsAKeptConnectionThatSpeaksUnasked() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send(OK);
                    if (number == 0) {
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
                    }
                    wire.hasNext();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("ok");
            Await.until("the connection is dropped", () -> origin.open() == 0);
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            })
    void answersForAnOriginThatSpeaksNoHttp(String answer) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send(answer);
                    wire.hasNext();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=http_protocol_error");
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_ERROR);
        }
    }

    @Test
    void refusesAHeadWithoutEnd() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\n");
                    try {
                        while (true) {
                            wire.send("X-More: " + "x".repeat(1000) + "\r\n");
                        }
                    } catch (UncheckedIOException e) {
                        // cut off, as it should be
                    }
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("http_response_header_section_size");
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotPassACutResponseForAWholeOne(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    Wire.Request request = wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                    if (request.line().contains("reset")) {
                        wire.hasNext();
                        wire.reset();
                    }
                });
                Rig rig = Rig.setup().transport(transport).reverse(origin).start()) {
            try (Wire client = rig.connect()) {
                client.send(GET);
                client.readHead();
                assertThat(client.readAll()).isEqualTo("5\r\nhello\r\n");
                RecordedDecision decision = rig.decision();
                assertThat(decision.end()).isEqualTo(End.UPSTREAM_CLOSED);
                assertThat(decision.error()).isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
                assertThat(decision.status()).isEqualTo(200);
            }
            try (Wire client = rig.connect()) {
                client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
                assertThat(client.readHead()).doesNotContain("chunked");
                assertThat(client.readUntil("hello")).isEqualTo("hello");
                assertThat(client.ends()).isFalse();
            }
        }
    }

    @Test
    void passesOnAnAnswerThatComesBeforeTheRequestHasEnded() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(response.body()).isEqualTo("no");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void doesNotWaitForeverForAResponse() throws Exception {
        try (Origin silent = Origin.scripted((wire, number) -> wire.readAll());
                Rig rig = Rig.setup()
                        .timeouts(response(100))
                        .retries(0)
                        .reverse(silent)
                        .start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).contains("http_response_timeout");
            assertThat(rig.decision().end()).isEqualTo(End.RESPONSE_TIMEOUT);
        }
        try (Origin silent = Origin.scripted((wire, number) -> wire.readAll());
                Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .timeouts(response(100))
                        .retries(1)
                        .reverse(silent, origin)
                        .start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            assertThat(rig.decision().retries() + rig.decision().retries()).isPositive();
        }
    }

    @Test
    void doesNotWaitForeverForAConnection() throws Exception {
        try (Deaf deaf = new Deaf(new InetSocketAddress("127.0.0.1", 0));
                Rig rig = Rig.setup()
                        .timeouts(t ->
                                new Timeouts(Duration.ofMillis(300), t.response(), t.request(), t.idle(), t.lifetime()))
                        .forward()
                        .start();
                Wire client = rig.connect()) {
            client.send("GET http://" + deaf.authority() + "/ HTTP/1.1\r\nHost: a\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).contains("error=connection_timeout");
            assertThat(rig.decision().end()).isEqualTo(End.CONNECT_TIMEOUT);
            client.send("CONNECT " + deaf.authority() + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(504);
        }
    }

    @Test
    void holdsBackAClientWhoseOriginDoesNotRead() throws Exception {
        int size = 64 << 20;
        CountDownLatch read = new CountDownLatch(1);
        long[] sent = new long[1];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    read.await();
                    wire.read(size);
                    wire.send(OK);
                });
                Rig rig = Rig.setup()
                        .reverse(l -> new ClientLimits(l.headerBytes(), 0, l.headerTimeout(), l.idleTimeout()), origin)
                        .start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] block = new byte[64 << 10];
                for (int i = 0; i < size; i += block.length) {
                    client.send(block);
                    sent[0] += block.length;
                }
            });
            Await.stillness("the client is held back", () -> sent[0]);
            assertThat(sent[0]).isBetween(1L, size / 2L);
            read.countDown();
            assertThat(client.readResponse().status()).isEqualTo(200);
            sender.join();
        }
    }

    @Test
    void limitsAWholeExchange() throws Exception {
        try (Origin trickle = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                    try {
                        while (true) {
                            wire.send("x");
                            LockSupport.parkNanos(1_000_000);
                        }
                    } catch (UncheckedIOException e) {
                        // cut off, as it should be
                    }
                });
                Rig rig = Rig.setup()
                        .timeouts(t ->
                                new Timeouts(t.connect(), t.response(), Duration.ofMillis(300), t.idle(), t.lifetime()))
                        .reverse(trickle)
                        .start();
                Wire client = rig.connect()) {
            client.send(GET);
            client.readHead();
            client.readAll();
            assertThat(rig.decision().end()).isEqualTo(End.REQUEST_TIMEOUT);
        }
    }

    @Test
    void answersWhenARoleFails() throws Exception {
        try (Rig rig = Rig.setup()
                        .role("web", (ask, peer, trail) -> {
                            throw new IllegalStateException("a fault of the relay, made by a test");
                        })
                        .reverse()
                        .start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.field("proxy-status")).contains("error=proxy_internal_error");
            assertThat(client.ends()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(End.INTERNAL_ERROR);
        }
    }

    @Test
    void endsWhatStandsStill() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    Wire.Request request = wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    wire.hasNext();
                });
                Rig rig = Rig.setup().timeouts(idle(150)).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            client.readHead();
            assertThat(client.readAll()).isEqualTo("half");
            assertThat(rig.decision().end()).isEqualTo(End.IDLE_TIMEOUT);
        }
        try (Origin origin = Origin.scripted((wire, number) -> wire.readAll());
                Rig rig = Rig.setup().timeouts(idle(150)).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(client.readResponse().status()).isEqualTo(408);
            assertThat(rig.faults("body_too_slow")).isOne();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsGoOfTheOriginWhenTheClientLeaves(Transport transport) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readUntil("half");
                    begun.countDown();
                    wire.readAll();
                });
                Rig rig = Rig.setup().transport(transport).reverse(origin).start()) {
            Wire client = rig.connect();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            client.close();
            Await.until("the origin is let go of", () -> origin.open() == 0);
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
        }
    }
}
