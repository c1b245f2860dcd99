package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import org.junit.jupiter.api.Test;

/** Fields after a chunked body, both ways. */
class TrailersTest {
    private static final String TRAILERS =
            "Server-Timing: db;dur=5\r\nContent-Length: 7\r\nHost: evil\r\nTransfer-Encoding: chunked\r\n"
                    + "Authorization: Basic eDp5\r\nSet-Cookie: a=b\r\nX-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\n"
                    + "Connection: close\r\nTrailer: x\r\nTE: trailers\r\nContent-Type: text/html\r\nETag: \"1\"\r\n";
    private static final String KEPT = "Server-Timing: db;dur=5\r\nETag: \"1\"\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n";

    private static Origin origin() {
        return Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                String head = wire.readHead();
                String body = head.contains("chunked") ? wire.readUntil("\r\n\r\n") : "";
                String told = head + body;
                wire.send(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Server-Timing\r\nTrailer: ETag\r\n\r\n"
                                + Integer.toHexString(told.length()) + "\r\n" + told + "\r\n0\r\n" + TRAILERS + "\r\n");
            }
        });
    }

    @Test
    void ofAResponseGoToAClientThatTakesThem() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + "TE: gzip;q=0.5, Trailers\r\n\r\n");
            assertThat(client.readHead()).contains("\r\nTrailer: Server-Timing, ETag\r\n");
            String body = client.readUntil("\r\n0\r\n");
            assertThat(client.readUntil("\r\n\r\n")).isEqualTo(KEPT + "\r\n");
            assertThat(body).contains("\r\nConnection: TE\r\nTE: trailers\r\n").doesNotContain("gzip");
            client.send(GET + "\r\n");
            assertThat(client.readHead()).doesNotContain("Trailer");
            assertThat(client.readUntil("\r\n0\r\n")).doesNotContain("TE:");
            assertThat(client.read(2)).isEqualTo("\r\n");
            client.send(GET + "TE: trailers-not\r\n\r\n");
            client.readUntil("\r\n0\r\n");
            assertThat(client.read(2)).isEqualTo("\r\n");
            assertThat(origin.accepted()).isOne();
        }
    }

    @Test
    void ofARequestGoToTheOrigin() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: Server-Timing\r\n\r\n"
                    + "2\r\nab\r\n0\r\n" + TRAILERS + "\r\n");
            client.readHead();
            assertThat(client.readUntil("\r\n\r\n")).contains("\r\nTrailer: Server-Timing\r\n");
            assertThat(client.readUntil("\r\n\r\n")).isEqualTo("2\r\nab\r\n0\r\n" + KEPT + "\r\n");
        }
    }

    @Test
    void anUpgradeAsksForBoth() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(GET + "TE: trailers\r\nConnection: TE, Upgrade\r\nUpgrade: websocket\r\n\r\n");
            client.readHead();
            assertThat(client.readUntil("\r\n0\r\n"))
                    .contains("\r\nConnection: upgrade, TE\r\nTE: trailers\r\nUpgrade: websocket\r\n");
        }
    }

    @Test
    void doNotGoToAClientOfHttp10() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("GET / HTTP/1.0\r\nTE: trailers\r\n\r\n");
            assertThat(client.readAll()).doesNotContain("Server-Timing");
        }
    }

    @Test
    void tooManyAreRefused() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "a: b\r\n".repeat(33)
                    + "\r\n");
            assertThat(client.readResponse().status()).isEqualTo(431);
            assertThat(client.ends()).isTrue();
            assertThat(rig.faults("malformed_too_many_fields")).isOne();
        }
    }
}
