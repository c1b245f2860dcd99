package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection ends whose client has said which request is its last. */
class LastRequestTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\n\r\n"
            })
    void isOverWithTheResponse(String request) throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(request);
            assertThat(client.readAll()).startsWith("HTTP/1.1 200 ");
            // One that goes on listening would do so as long as something comes, for longer than this waits.
            Await.until("nobody listens", () -> !takes(client));
        }
    }

    @Test
    void waitsForAClientThatWentOn() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nand more");
            assertThat(client.readAll()).startsWith("HTTP/1.1 200 ").endsWith("hello");
            for (int sent = 0; sent < 100; sent++) {
                assertThat(takes(client)).isTrue();
            }
        }
    }

    private static boolean takes(Wire client) {
        try {
            client.send("x");
            return true;
        } catch (UncheckedIOException reset) {
            return false;
        }
    }
}
