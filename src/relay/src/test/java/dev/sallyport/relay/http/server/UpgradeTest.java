package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that leave HTTP for another protocol. */
class UpgradeTest {
    private static final String UPGRADE = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
            + "Upgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    @ParameterizedTest
    @EnumSource
    void carriesBytesAfterTheOriginAgreed(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    Wire.Request request = wire.readRequest();
                    assertThat(request.field("connection")).isEqualTo("upgrade");
                    assertThat(request.field("upgrade")).isEqualTo("WebSocket");
                    assertThat(request.field("sec-websocket-key")).isEqualTo("dGhlIHNhbXBsZSBub25jZQ==");
                    wire.send(SWITCHING + "hello");
                    wire.send("heard " + wire.readAll());
                });
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(UPGRADE + "early ");
            String head = client.readHead();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Upgrade: websocket\r\n")
                    .contains("Connection: upgrade");
            assertThat(client.read(5)).isEqualTo("hello");
            client.send("and late").endOutput();
            assertThat(client.readAll()).isEqualTo("heard early and late");
            RecordedDecision decision = rig.decision();
            assertThat(decision.status()).isEqualTo(101);
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(decision.requestBytes()).isEqualTo("early and late".length());
        }
    }

    @Test
    void readsNothingAfterARefusal() throws Exception {
        try (Origin origin = Origin.saying("no");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(UPGRADE + "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n");
            Wire.Response response = client.readResponse();
            assertThat(response.body()).isEqualTo("no");
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
            assertThat(origin.requests()).hasSize(1);
        }
    }

    @Test
    void carriesAnyProtocolAndWhatWasSentEarlyOnlyThen() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    assertThat(wire.readHead())
                            .startsWith("POST ")
                            .contains("\r\nConnection: upgrade\r\nUpgrade: SPDY/3.1, custom\r\n");
                    asked.countDown();
                    sent.await();
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: spdy/3.1\r\n\r\n");
                    wire.send("heard " + wire.readAll());
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST /exec HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1, custom\r\n"
                    + "Content-Length: 0\r\n\r\n");
            asked.await();
            client.send("GET / HTTP/1.1\r\n\r\n").endOutput();
            sent.countDown();
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.readAll()).isEqualTo("heard GET / HTTP/1.1\r\n\r\n");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade\r\nUpgrade: other\r\n",
                "Connection: Upgrade\r\nUpgrade: websocket, other\r\n",
                "Connection: Upgrade\r\n",
                "Upgrade: websocket\r\n",
                ""
            })
    void refusesAChangeToWhatWasNotAskedFor(String fields) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
                    assertThat(wire.readAll()).isEmpty();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(UPGRADE + "early");
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("http_protocol_error");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void aConnectionThatWasAskedToUpgradeServesNothingElse() throws Exception {
        try (Origin origin = Origin.saying("no");
                Rig rig = Rig.setup().reverse(origin).start()) {
            for (int i = 0; i < 2; i++) {
                try (Wire client = rig.connect()) {
                    client.send(UPGRADE);
                    assertThat(client.readResponse().body()).isEqualTo("no");
                    assertThat(client.ends()).isTrue();
                }
            }
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void passesNoUpgradeOnToHttpOrTls() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            for (String protocol : new String[] {
                "h2c", "websocket, h2c", "TLS/1.0", "HTTP/2.0", "http", "h2", "web socket", "a/b/c", "/1", "a/", ","
            }) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol
                        + "\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("ok");
                assertThat(origin.requests().getLast().fields())
                        .doesNotContainKeys("upgrade", "connection", "http2-settings");
            }
            client.send(UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\nhi"));
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.requests().getLast().fields()).doesNotContainKey("upgrade");
        }
    }
}
