package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.H2Peer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Origins that choose the version of HTTP in the TLS handshake. */
class H2OriginTlsTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static Origin choosing(AtomicReference<String> protocol, Script script) {
        return Origin.scripted(Authority.context(null, AUTHORITY.issue("shop.example")), (wire, number) -> {
            SSLSocket socket = (SSLSocket) wire.socket();
            SSLParameters parameters = socket.getSSLParameters();
            String chosen = protocol.get();
            parameters.setApplicationProtocols(chosen.isEmpty() ? new String[0] : new String[] {chosen});
            socket.setSSLParameters(parameters);
            script.run(wire, chosen);
        });
    }

    @FunctionalInterface
    private interface Script {
        void run(Wire wire, String protocol) throws Exception;
    }

    private static Rig before(Origin origin) throws Exception {
        return before(origin, Cluster.Protocol.NEGOTIATED);
    }

    private static Rig before(Origin origin, Cluster.Protocol protocol) throws Exception {
        return Rig.setup()
                .reverse(origin)
                .secrets(new Authority.Secrets().authority("ca", AUTHORITY).bundle())
                .backendTls(protocol, new OriginTls("shop.example", List.of("ca"), ""))
                .start();
    }

    /** Answers each request by the protocol that was chosen, in that protocol. */
    private static void answer(Wire wire, String protocol) {
        if (protocol.equals("h2")) {
            H2Peer peer = H2Peer.serve(wire);
            while (peer.hasNext()) {
                H2Peer.Frame frame = peer.next();
                if (frame.type() == H2Peer.HEADERS) {
                    H2Peer.Head request = peer.head(frame);
                    assertThat(request.field(":scheme")).isEqualTo("https");
                    peer.head(request.stream(), false, ":status", "200");
                    peer.data(request.stream(), "by h2", true);
                }
            }
        } else {
            while (wire.hasNext()) {
                wire.readRequest();
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nby http1.1");
            }
        }
    }

    @Test
    void speaksHttp2WithThoseThatChooseIt() throws Exception {
        try (Origin origin = choosing(new AtomicReference<>("h2"), H2OriginTlsTest::answer);
                Rig rig = before(origin);
                Wire client = rig.connect();
                Wire other = rig.connect()) {
            for (Wire each : new Wire[] {client, other, client}) {
                each.send(GET);
                assertThat(each.readResponse().body()).isEqualTo("by h2");
            }
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void speaksHttp1WithTheOthers() throws Exception {
        for (String protocol : new String[] {"http/1.1", ""}) {
            try (Origin origin = choosing(new AtomicReference<>(protocol), H2OriginTlsTest::answer);
                    Rig rig = before(origin);
                    Wire client = rig.connect()) {
                for (int i = 0; i < 3; i++) {
                    client.send(GET);
                    assertThat(client.readResponse().body()).isEqualTo("by http1.1");
                }
                assertThat(origin.accepted()).isEqualTo(1);
            }
        }
    }

    /** All come before it is known that nothing can be shared. */
    @Test
    void givesEachItsConnectionWhenNoneCanBeShared() throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        try (Origin origin = choosing(new AtomicReference<>("http/1.1"), (wire, protocol) -> {
                    wire.readRequest();
                    all.countDown();
                    all.await();
                    wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                    wire.hasNext();
                });
                Rig rig = before(origin)) {
            List<Wire> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(rig.connect().send(GET));
            }
            for (Wire client : clients) {
                assertThat(client.readResponse().status()).isEqualTo(204);
                client.close();
            }
            assertThat(origin.accepted()).isEqualTo(4);
        }
    }

    @Test
    void followsAnOriginThatChoosesOtherwiseLater() throws Exception {
        AtomicReference<String> protocol = new AtomicReference<>("http/1.1");
        try (Origin origin = choosing(protocol, (wire, chosen) -> {
                    if (chosen.equals("h2")) {
                        answer(wire, chosen);
                    } else {
                        wire.readRequest();
                        wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nby http1.1");
                    }
                });
                Rig rig = before(origin);
                Wire client = rig.connect()) {
            for (String chosen : new String[] {"http/1.1", "h2", "h2"}) {
                protocol.set(chosen);
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("by " + chosen.replace("/", ""));
            }
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void speaksNothingButHttp2WhereThatIsDemanded() throws Exception {
        try (Origin origin = choosing(new AtomicReference<>("h2"), H2OriginTlsTest::answer);
                Rig rig = before(origin, Cluster.Protocol.HTTP2);
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("by h2");
        }
        Map<String, String> errors = Map.of("", "tls_protocol_error", "http/1.1", "tls_alert_received");
        for (Map.Entry<String, String> each : errors.entrySet()) {
            try (Origin origin = choosing(new AtomicReference<>(each.getKey()), (wire, protocol) -> {
                        try {
                            wire.hasNext();
                        } catch (UncheckedIOException e) {
                            // given up, as it should be
                        }
                    });
                    Rig rig = before(origin, Cluster.Protocol.HTTP2);
                    Wire client = rig.connect()) {
                client.send(GET);
                Wire.Response response = client.readResponse();
                assertThat(response.status()).isEqualTo(502);
                assertThat(response.field("proxy-status")).contains(each.getValue());
            }
        }
    }

    @Test
    void doesWithoutThoseThatShowTheWrongCertificate() throws Exception {
        try (Origin origin =
                        Origin.scripted(Authority.context(null, AUTHORITY.issue("other.example")), (wire, number) -> {
                            try {
                                wire.hasNext();
                            } catch (UncheckedIOException e) {
                                // refused, as it should be
                            }
                        });
                Rig rig = before(origin);
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("tls_certificate_error");
        }
    }
}
