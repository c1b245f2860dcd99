package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies whose end nobody waits for. */
class StreamTest {
    private static final int EVENTS = 20;

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked\r\n", "Content-Length: 300\r\n", ""})
    void eachEventArrivesBeforeTheNextIsSent(String framing) throws Exception {
        Semaphore heard = new Semaphore(0);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing + "\r\n");
                    for (int i = 0; i < EVENTS; i++) {
                        String event = "data: tick %02d\n\n".formatted(i);
                        wire.send(framing.contains("chunked") ? "f\r\n" + event + "\r\n" : event);
                        heard.acquire();
                    }
                    wire.send(framing.contains("chunked") ? "0\r\n\r\n" : "");
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
            client.readHead();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(client.readUntil("\n\n")).endsWith("data: tick %02d\n\n".formatted(i));
                heard.release();
            }
            assertThat(rig.decision().responseBytes()).isEqualTo(EVENTS * 15);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachPartOfARequestArrivesBeforeTheNextIsSent(Transport transport) throws Exception {
        Semaphore heard = new Semaphore(0);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    for (int i = 0; i < EVENTS; i++) {
                        assertThat(wire.readUntil("\n\n")).endsWith("tick %02d\n\n".formatted(i));
                        heard.release();
                    }
                    wire.readUntil("0\r\n\r\n");
                    wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < EVENTS; i++) {
                client.send("9\r\ntick %02d\n\n\r\n".formatted(i));
                heard.acquire();
            }
            client.send("0\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(204);
        }
    }
}
