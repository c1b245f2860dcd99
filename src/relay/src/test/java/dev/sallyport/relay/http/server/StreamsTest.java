package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.role.Timeouts;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams outlive the time that a request may take. */
class StreamsTest {
    private static final String SLOW = "GET /slow HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String EVENT = "data: 1\n\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final CountDownLatch goOn = new CountDownLatch(1);

    private static UnaryOperator<Timeouts> limits(Duration stream) {
        return t -> new Timeouts(t.connect(), t.response(), Duration.ofMillis(200), stream, t.idle(), t.lifetime());
    }

    private static String get(String type) {
        return "GET /events HTTP/1.1\r\nHost: shop.example\r\nAccept: " + type + "\r\n\r\n";
    }

    private static String call(String type) {
        return "POST /shop.Orders/Watch HTTP/1.1\r\nHost: shop.example\r\nContent-Type: " + type
                + "\r\nContent-Length: 0\r\n\r\n";
    }

    /** Never answers /slow; sends the head and the first of two events at once; answers a call when told to. */
    private Origin origin() {
        return Origin.scripted((wire, number) -> {
            Wire.Request request = wire.readRequest();
            if (request.line().contains("/slow")) {
                wire.readAll();
            } else if (request.line().contains("/events")) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Type: " + request.field("accept") + "\r\nContent-Length: "
                        + 2 * EVENT.length() + "\r\n\r\n" + EVENT);
                awaitTurn();
                wire.send(EVENT);
            } else {
                awaitTurn();
                wire.send(OK);
            }
        });
    }

    private void awaitTurn() {
        try {
            assertThat(goOn.await(Wire.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request that begins now is late: so what began before has had its time too. */
    private static void outlast(Rig rig) {
        try (Wire client = rig.connect()) {
            client.send(SLOW);
            assertThat(client.readResponse().status()).isEqualTo(504);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "Text/Event-Stream; charset=utf-8"})
    void eventsGoOn(String type) throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup()
                        .timeouts(limits(Duration.ZERO))
                        .reverse(origin)
                        .start();
                Wire client = rig.connect()) {
            client.send(get(type));
            client.readHead();
            assertThat(client.read(EVENT.length())).isEqualTo(EVENT);
            outlast(rig);
            goOn.countDown();
            assertThat(client.read(EVENT.length())).isEqualTo(EVENT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc+proto", "application/grpc-web-text; charset=x"})
    void callsGoOn(String type) throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup()
                        .timeouts(limits(Duration.ZERO))
                        .reverse(origin)
                        .start();
                Wire client = rig.connect()) {
            client.send(call(type));
            outlast(rig);
            goOn.countDown();
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-streams", "text/plain"})
    void whatIsNoStreamIsCut(String type) throws Exception {
        isCut(get(type), Duration.ZERO);
    }

    @Test
    void aLimitForStreamsHolds() throws Exception {
        isCut(get("text/event-stream"), Duration.ofMillis(300));
    }

    private void isCut(String request, Duration stream) throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().timeouts(limits(stream)).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(request);
            client.readHead();
            assertThat(client.readAll()).isEqualTo(EVENT);
            assertThat(rig.decision().end()).isEqualTo(End.REQUEST_TIMEOUT);
            goOn.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpcx", "application/json"})
    void whatIsNoCallIsLate(String type) throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup()
                        .timeouts(limits(Duration.ZERO))
                        .reverse(origin)
                        .start();
                Wire client = rig.connect()) {
            client.send(call(type));
            assertThat(client.readResponse().status()).isEqualTo(504);
            goOn.countDown();
        }
    }
}
