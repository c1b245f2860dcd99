package dev.sallyport.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.Cluster.Protocol;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Authority.Issued;
import dev.sallyport.relay.rig.Authority.Secrets;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS to the endpoints of a cluster. */
class ClientTlsTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final Issued API = AUTHORITY.issue("api.example");
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static OriginTls tls() {
        return new OriginTls("api.example", List.of("private"), "");
    }

    private static Secrets secrets() {
        return new Secrets().authority("private", AUTHORITY);
    }

    private static Rig.Setup reverse(Provider provider, Origin origin) {
        return Rig.setup()
                .provider(provider)
                .retries(0)
                .reverse(origin)
                .backendTls(Protocol.HTTP11, tls())
                .secrets(secrets().bundle());
    }

    private static SSLContext showing(Issued issued) {
        return Authority.context(null, issued);
    }

    @ParameterizedTest
    @EnumSource
    void sendsRequestsToAnEndpointWhoseCertificateIsForTheName(Provider provider) throws Exception {
        BlockingQueue<SSLSession> sessions = new LinkedBlockingQueue<>();
        String large = "z".repeat(2_000_000);
        try (Origin origin = Origin.serving(showing(API), (wire, request) -> {
                    sessions.add(((SSLSocket) wire.socket()).getSession());
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length() + "\r\n\r\n" + large);
                });
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: " + large.length() + "\r\n\r\n"
                        + large);
                assertThat(client.readResponse().body()).isEqualTo(large);
            }
            assertThat(origin.accepted()).isEqualTo(1);
            assertThat(origin.requests())
                    .allSatisfy(request -> assertThat(request.body()).isEqualTo(large));
            ExtendedSSLSession session = (ExtendedSSLSession) sessions.take();
            assertThat(session.getProtocol()).isEqualTo("TLSv1.3");
            assertThat(session.getRequestedServerNames()).first().hasToString("type=host_name (0), value=api.example");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sendsNothingToAnEndpointWhoseCertificateIsNotValid(Provider provider) throws Exception {
        assertRefused(provider, AUTHORITY.issue("other.example"), ProxyError.TLS_CERTIFICATE_ERROR);
        assertRefused(provider, AUTHORITY.issueExpired("api.example"), ProxyError.TLS_CERTIFICATE_ERROR);
        assertRefused(provider, new Authority("authority").issue("api.example"), ProxyError.TLS_CERTIFICATE_ERROR);
    }

    private static void assertRefused(Provider provider, Issued shown, ProxyError error) throws Exception {
        try (Origin origin = Origin.scripted(showing(shown), (wire, number) -> {
                    try {
                        if (wire.hasNext()) {
                            throw new AssertionError("a request came");
                        }
                    } catch (UncheckedIOException e) {
                        // The handshake fails.
                    }
                });
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=" + error.token());
            RecordedDecision decision = rig.decision();
            assertThat(decision.error()).isEqualTo(error);
            assertThat(decision.upstream()).isEqualTo(origin.authority());
            assertThat(rig.metrics().text())
                    .contains("sallyport_upstream_connect_failures_total{error=\"" + error.token() + "\"} 1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void trustsTheSystemsAuthoritiesWithoutOthers(Provider provider) throws Exception {
        try (Origin origin = Origin.scripted(showing(API), (wire, number) -> {
                    try {
                        wire.hasNext();
                    } catch (UncheckedIOException e) {
                        // The handshake fails.
                    }
                });
                Rig rig = reverse(provider, origin)
                        .backendTls(Protocol.HTTP11, new OriginTls("api.example", List.of(), ""))
                        .start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().field("proxy-status")).contains("error=tls_certificate_error");
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesAnEndpointThatSpeaksNoTlsForWhatItIs(Provider provider) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("HTTP/1.1 400 Bad Request\r\n\r\n");
                    wire.hasNext();
                });
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).contains("error=tls_protocol_error");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfAnEndpointThatEndsTheHandshake(Provider provider) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.read(1));
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().field("proxy-status")).contains("error=connection_terminated");
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsACertificateToEndpointsThatAskForOne(Provider provider) throws Exception {
        Issued relay = AUTHORITY.issue("relay.example");
        SSLContext asking = Authority.context(AUTHORITY, API);
        Origin.Handler handler = (wire, request) -> wire.send(OK);
        OriginTls showing = new OriginTls("api.example", List.of("private"), "relay");
        try (Origin origin = Origin.serving(asking, server -> server.setNeedClientAuth(true), handler);
                Rig rig = reverse(provider, origin)
                        .backendTls(Protocol.HTTP11, showing)
                        .secrets(secrets().certificate("relay", relay).bundle())
                        .start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesABodyThatEndsWithTheConnectionForWholeByCloseNotifyOnly(Provider provider) throws Exception {
        String head = "HTTP/1.1 200 OK\r\n\r\nbody";
        try (Origin origin = Origin.scripted(showing(API), (wire, number) -> {
                    wire.readHead();
                    wire.send(head);
                });
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("body");
            assertThat(rig.decision().error()).isNull();
        }
        try (Origin origin = Origin.cutting(showing(API), head);
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            client.readHead();
            assertThatThrownBy(client::readChunked).isNotNull();
            assertThat(rig.decision().error()).isEqualTo(ProxyError.HTTP_RESPONSE_INCOMPLETE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void speaksTlsOnBothSides(Provider provider) throws Exception {
        Issued shop = AUTHORITY.issue("shop.example");
        try (Origin origin = Origin.serving(showing(API), (wire, request) -> wire.send(OK));
                Rig rig = reverse(provider, origin)
                        .tls(ServerTlsTest.tls("shop"))
                        .secrets(secrets().certificate("shop", shop).bundle())
                        .start();
                Wire client = Wire.to(
                        rig.server().addresses().get("web"),
                        Authority.context(AUTHORITY),
                        (SSLParameters usual) -> usual)) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsConnectionsOverAReloadUnlessTheAuthorityChanges(Provider provider) throws Exception {
        Authority other = new Authority("other");
        try (Origin origin = Origin.serving(showing(API), (wire, request) -> wire.send(OK));
                Rig rig = reverse(provider, origin).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().status()).isEqualTo(200);
            rig.apply(rig.config(), secrets().bundle());
            client.send(GET);
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.accepted()).isEqualTo(1);
            rig.apply(rig.config(), new Secrets().authority("private", other).bundle());
            client.send(GET);
            assertThat(client.readResponse().field("proxy-status")).contains("error=tls_certificate_error");
        } catch (AssertionError e) {
            // The last handshake fails at the origin, too.
            if (!String.valueOf(e.getMessage()).contains("the script of the origin failed")) {
                throw e;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAConfigurationWhoseSecretsAreNotThere(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start()) {
            assertThatThrownBy(() -> rig.apply(rig.config(), new Secrets().bundle()))
                    .hasMessage("clusters[0].tls.authorities[0]: there is no authority 'private' among the secrets");
            assertThatThrownBy(() -> rig.apply(
                            rig.config(),
                            new Secrets().file("private.ca", new byte[] {'?'}).bundle()))
                    .hasMessageStartingWith("clusters[0].tls.authorities[0]: 'private': there is no certificate in it");
        }
    }
}
