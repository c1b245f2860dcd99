package dev.sallyport.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.ListenerTls.ClientCertificates;
import dev.sallyport.model.config.ListenerTls.ClientCertificates.Mode;
import dev.sallyport.model.config.ListenerTls.Version;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Authority.Issued;
import dev.sallyport.relay.rig.Authority.Secrets;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that speak TLS with a listener. */
class ServerTlsTest {
    private static final Authority AUTHORITY = new Authority("authority");
    private static final Issued SHOP = AUTHORITY.issue("shop.example");
    private static final ListenerTls TLS = tls("shop");
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    static ListenerTls tls(String... certificates) {
        return new ListenerTls(List.of(certificates), Version.TLS_1_2, List.of("http/1.1"), null);
    }

    private static Rig.Setup reverse(Provider provider, Origin origin) {
        return Rig.setup()
                .provider(provider)
                .reverse(origin)
                .tls(TLS)
                .secrets(secrets().bundle());
    }

    private static Secrets secrets() {
        return new Secrets().certificate("shop", SHOP);
    }

    private static Wire connect(Rig rig) {
        return connect(rig, AUTHORITY, "shop.example", parameters -> parameters);
    }

    private static Wire connect(
            Rig rig,
            Authority trusted,
            String serverName,
            UnaryOperator<SSLParameters> with,
            @Nullable Issued... shown) {
        return connect(rig, Authority.context(trusted, shown), serverName, with);
    }

    private static Wire connect(Rig rig, SSLContext context, String serverName, UnaryOperator<SSLParameters> with) {
        return Wire.to(rig.server().addresses().values().iterator().next(), context, usual -> {
            if (!serverName.isEmpty()) {
                usual.setServerNames(List.of(new SNIHostName(serverName)));
            }
            return with.apply(usual);
        });
    }

    private static UnaryOperator<SSLParameters> versions(String... versions) {
        return parameters -> {
            parameters.setProtocols(versions);
            return parameters;
        };
    }

    private static SSLSocket shake(Wire wire) throws Exception {
        SSLSocket socket = (SSLSocket) wire.socket();
        socket.startHandshake();
        return socket;
    }

    private static X509Certificate shown(Wire wire) throws Exception {
        return (X509Certificate) shake(wire).getSession().getPeerCertificates()[0];
    }

    private static void awaitFault(Rig rig, String fault) {
        Await.until(
                fault,
                () -> rig.metrics()
                        .text()
                        .lines()
                        .anyMatch(line -> line.startsWith("sallyport_client_faults_total")
                                && line.contains("fault=\"" + fault + "\"}")));
    }

    @ParameterizedTest
    @EnumSource
    void servesRequestsAndSaysThatTheyWereByTls(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = reverse(provider, origin).start()) {
            for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
                try (Wire client = connect(rig, AUTHORITY, "shop.example", versions(version))) {
                    for (int i = 0; i < 3; i++) {
                        client.send(GET);
                        assertThat(client.readResponse().body()).isEqualTo("hello");
                        RecordedDecision decision = rig.decision();
                        assertThat(decision.scheme()).isEqualTo("https");
                        assertThat(decision.tls()).isEqualTo(version);
                        assertThat(decision.serverName()).isEqualTo("shop.example");
                    }
                }
            }
            assertThat(origin.requests()).hasSize(6).allSatisfy(request -> {
                assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
                assertThat(request.field("forwarded")).endsWith(";proto=https");
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void servesPipelinedRequestsAndALargeResponse(Provider provider) throws Exception {
        String large = "x".repeat(3_000_000);
        try (Origin origin = Origin.saying(large);
                Rig rig = reverse(provider, origin).start();
                Wire client = connect(rig)) {
            client.send(GET.repeat(3) + GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            for (int i = 0; i < 4; i++) {
                assertThat(client.readResponse().body()).isEqualTo(large);
            }
            // By close_notify: the JDK would complain of anything else.
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesALargeRequest(Provider provider) throws Exception {
        String large = "y".repeat(3_000_000);
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start();
                Wire client = connect(rig)) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: " + large.length() + "\r\n\r\n" + large);
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(origin.requests().getFirst().body()).isEqualTo(large);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesAnIdleConnectionThatItsClientEnds(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start();
                Wire client = connect(rig)) {
            client.send(GET);
            client.readResponse();
            client.endOutput();
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void closesIdleConnectionsWhenItDrains(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start();
                Wire silent = connect(rig);
                Wire client = connect(rig)) {
            shake(silent);
            client.send(GET);
            client.readResponse();
            Thread ending = Thread.ofVirtual().start(() -> rig.drain(Duration.ofSeconds(5)));
            assertThat(client.ends()).isTrue();
            assertThat(silent.ends()).isTrue();
            ending.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsAResponseThatWasCutSoThatItDoesNotLookWhole(Provider provider) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 200 OK\r\n\r\nhalf");
                    wire.readUntil("enough");
                    wire.reset();
                });
                Rig rig = reverse(provider, origin).start();
                Wire client = connect(rig)) {
            client.send("POST / HTTP/1.0\r\nHost: shop.example\r\nContent-Length: 6\r\n\r\n");
            client.readHead();
            assertThat(client.read(4)).isEqualTo("half");
            client.send("enough");
            assertThatThrownBy(client::readAll).isInstanceOf(UncheckedIOException.class);
        }
    }

    // ---- certificates

    @ParameterizedTest
    @EnumSource
    void showsTheCertificateForTheName(Provider provider) throws Exception {
        Issued wild = AUTHORITY.issue("*.shop.example");
        Issued exact = AUTHORITY.issue("www.shop.example", "other.example");
        Secrets secrets = secrets().certificate("wild", wild).certificate("exact", exact);
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin)
                        .tls(tls("shop", "wild", "exact"))
                        .secrets(secrets.bundle())
                        .start()) {
            assertShown(rig, "shop.example", SHOP);
            assertShown(rig, "WWW.shop.example", exact);
            assertShown(rig, "other.example", exact);
            assertShown(rig, "api.shop.example", wild);
            assertShown(rig, "a.b.shop.example", SHOP);
            assertShown(rig, "unknown.example", SHOP);
            assertShown(rig, "", SHOP);
        }
    }

    private static void assertShown(Rig rig, String serverName, Issued expected) throws Exception {
        try (Wire client = connect(rig, AUTHORITY, serverName, parameters -> parameters)) {
            assertThat(shown(client)).as(serverName).isEqualTo(expected.certificate());
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsAnRsaCertificateToWhomTakesNoOther(Provider provider) throws Exception {
        Issued rsa = AUTHORITY.issueRsa("shop.example");
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin)
                        .tls(tls("rsa", "shop"))
                        .secrets(secrets().certificate("rsa", rsa).bundle())
                        .start()) {
            assertShown(rig, "shop.example", SHOP);
            UnaryOperator<SSLParameters> oldOnes = parameters -> {
                parameters.setProtocols(new String[] {"TLSv1.2"});
                parameters.setCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
                return parameters;
            };
            try (Wire client = connect(rig, AUTHORITY, "shop.example", oldOnes)) {
                assertThat(shown(client)).isEqualTo(rsa.certificate());
            }
            UnaryOperator<SSLParameters> noEcdsa = parameters -> {
                parameters.setProtocols(new String[] {"TLSv1.3"});
                parameters.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256", "ecdsa_secp384r1_sha384"});
                return parameters;
            };
            try (Wire client = connect(rig, (Authority) null, "shop.example", noEcdsa)) {
                assertThatThrownBy(() -> shake(client)).isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsKeysInOldForms(Provider provider) throws Exception {
        Issued rsa = AUTHORITY.issueRsa("rsa.example");
        Issued p384 = AUTHORITY.issueOnCurve("secp384r1", "p384.example");
        Secrets secrets = secrets()
                .certificate("rsa", rsa)
                .file("rsa.key", rsa.oldKeyFile())
                .certificate("p384", p384)
                .file("p384.key", p384.oldKeyFile());
        assertThat(new String(rsa.oldKeyFile(), java.nio.charset.StandardCharsets.US_ASCII))
                .startsWith("-----BEGIN RSA PRIVATE KEY-----");
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin)
                        .tls(tls("rsa", "p384"))
                        .secrets(secrets.bundle())
                        .start()) {
            assertShown(rig, "rsa.example", rsa);
            assertShown(rig, "p384.example", p384);
        }
    }

    @ParameterizedTest
    @EnumSource
    void speaksNoOlderVersionThanItMay(Provider provider) throws Exception {
        ListenerTls only13 = new ListenerTls(List.of("shop"), Version.TLS_1_3, List.of(), null);
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).tls(only13).start()) {
            try (Wire client = connect(rig, AUTHORITY, "shop.example", versions("TLSv1.2"))) {
                assertThatThrownBy(() -> shake(client))
                        .isInstanceOf(SSLHandshakeException.class)
                        .hasMessageContaining("protocol_version");
            }
            awaitFault(rig, "handshake_failed");
            try (Wire client = connect(rig, AUTHORITY, "shop.example", versions("TLSv1.3"))) {
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void agreesOnAProtocol(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start()) {
            UnaryOperator<SSLParameters> offer = parameters -> {
                parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                return parameters;
            };
            try (Wire client = connect(rig, AUTHORITY, "shop.example", offer)) {
                assertThat(shake(client).getApplicationProtocol()).isEqualTo("http/1.1");
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void servesHttp2ToWhomAgreesOnIt(Provider provider) throws Exception {
        ListenerTls both = new ListenerTls(List.of("shop"), Version.TLS_1_2, List.of("h2", "http/1.1"), null);
        Secrets secrets = new Secrets().certificate("shop", AUTHORITY.issue("localhost"));
        String large = "x".repeat(1_000_000);
        try (Origin origin = Origin.saying(large);
                Rig rig = reverse(provider, origin)
                        .tls(both)
                        .secrets(secrets.bundle())
                        .start();
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(Authority.context(AUTHORITY))
                        .build()) {
            URI uri = URI.create(
                    "https://localhost:" + rig.server().addresses().get("web").getPort() + "/");
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(uri)
                                .POST(HttpRequest.BodyPublishers.ofString(large))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.body()).isEqualTo(large);
            }
            assertThat(origin.requests().getFirst().field("x-forwarded-proto")).isEqualTo("https");
        }
    }

    // ---- certificates of clients

    @ParameterizedTest
    @EnumSource
    void asksForACertificateOfTheClient(Provider provider) throws Exception {
        Authority partners = new Authority("partners");
        Issued partner = partners.issue("partner");
        for (Mode mode : Mode.values()) {
            ListenerTls asking = new ListenerTls(
                    List.of("shop"), Version.TLS_1_2, List.of(), new ClientCertificates(mode, List.of("partners")));
            try (Origin origin = Origin.saying("ok");
                    Rig rig = reverse(provider, origin)
                            .tls(asking)
                            .secrets(secrets().authority("partners", partners).bundle())
                            .start()) {
                for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
                    try (Wire client = connect(rig, AUTHORITY, "shop.example", versions(version), partner)) {
                        client.send(GET);
                        assertThat(client.readResponse().status()).isEqualTo(200);
                        assertThat(rig.decision().clientSubject()).isEqualTo("CN=partner");
                    }
                }
                assertRefused(rig, partners.issueExpired("partner"), told(provider, "certificate_expired"));
                assertRefused(rig, new Authority("partners").issue("partner"), told(provider, "bad_certificate"));
                awaitFault(rig, "client_certificate");
                if (mode == Mode.REQUIRED) {
                    assertRefused(rig, null, "");
                } else {
                    try (Wire client = connect(rig)) {
                        client.send(GET);
                        assertThat(client.readResponse().status()).isEqualTo(200);
                        assertThat(rig.decision().clientSubject()).isEmpty();
                    }
                }
            }
        }
    }

    /** BoringSSL says what it is, Java that it is not good. */
    private static String told(Provider provider, String alert) {
        return provider == Provider.BORINGSSL ? alert : "certificate_";
    }

    /** By an alert: with TLS 1.3 the client learns of it when it reads. */
    private static void assertRefused(Rig rig, @Nullable Issued shown, String alert) {
        for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
            try (Wire client = connect(rig, AUTHORITY, "shop.example", versions(version), shown)) {
                assertThatThrownBy(() -> {
                            shake(client);
                            client.readHead();
                        })
                        .as(version)
                        .hasStackTraceContaining("Received fatal alert: " + alert);
            }
        }
    }

    // ---- sessions

    @Test
    void continuesSessionsByTicketsOverAReloadOfEqualCertificatesOnly() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(Provider.BORINGSSL, origin).loops(2).start()) {
            for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
                SSLContext client = Authority.context(AUTHORITY);
                long first = session(rig, client, version);
                assertThat(session(rig, client, version)).isEqualTo(first);
                rig.apply(rig.config().withSecrets("again"), secrets().bundle());
                assertThat(session(rig, client, version)).isEqualTo(first);
                Issued renewed = AUTHORITY.issue("shop.example");
                rig.apply(
                        rig.config(), new Secrets().certificate("shop", renewed).bundle());
                assertThat(session(rig, client, version)).isNotEqualTo(first);
                rig.apply(rig.config(), secrets().bundle());
            }
        }
    }

    /** When the session began that a client goes on with. */
    private static long session(Rig rig, SSLContext context, String version) throws Exception {
        try (Wire client = connect(rig, context, "shop.example", versions(version))) {
            client.send(GET);
            client.readResponse();
            long began = ((SSLSocket) client.socket()).getSession().getCreationTime();
            // So that the next session has another time.
            long now = System.currentTimeMillis();
            Await.until("the clock goes on", () -> System.currentTimeMillis() > now);
            return began;
        }
    }

    // ---- reload

    @ParameterizedTest
    @EnumSource
    void showsAChangedCertificateToNewConnectionsOnly(Provider provider) throws Exception {
        Issued renewed = AUTHORITY.issue("shop.example");
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start();
                Wire before = connect(rig)) {
            before.send(GET);
            before.readResponse();
            rig.apply(rig.config(), new Secrets().certificate("shop", renewed).bundle());
            assertShown(rig, "shop.example", renewed);
            before.send(GET);
            assertThat(before.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void refusesAConfigurationWhoseSecretsAreNotThere() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(Provider.best(), origin).start()) {
            assertRefusal(rig, new Secrets(), "there is no certificate 'shop' among the secrets");
            assertRefusal(
                    rig,
                    secrets().file("shop.crt", new byte[] {'x'}),
                    "'shop': there is no certificate in it: it must be PEM, from '-----BEGIN CERTIFICATE-----' on");
            assertRefusal(
                    rig,
                    secrets().file("shop.key", AUTHORITY.issue("shop.example").keyFile()),
                    "'shop': the private key does not belong to the first certificate");
            assertRefusal(
                    rig,
                    secrets()
                            .file("shop.key", AUTHORITY.issueRsa("shop.example").keyFile()),
                    "'shop': the private key is not readable as one for EC, which the certificate is for");
            assertRefusal(
                    rig,
                    secrets().file("shop.key", SHOP.certificateFile()),
                    "'shop': there is no private key: it must be PEM, PKCS #8, PKCS #1 or SEC 1");
            try (Wire client = connect(rig)) {
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(200);
            }
        }
    }

    private static void assertRefusal(Rig rig, Secrets secrets, String message) {
        assertThatThrownBy(() -> rig.apply(rig.config(), secrets.bundle()))
                .hasMessageStartingWith("listeners[0].tls.certificates[0]: ")
                .hasMessageEndingWith(message);
    }

    // ---- 421

    @Test
    void refusesRequestsForHostsThatTheCertificateIsNotFor() throws Exception {
        Secrets secrets =
                new Secrets().certificate("shop", AUTHORITY.issue("shop.example", "*.shop.example", "127.0.0.1"));
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(Provider.best(), origin)
                        .secrets(secrets.bundle())
                        .start();
                Wire named = connect(rig, AUTHORITY, "shop.example", parameters -> parameters);
                Wire otherwise = connect(rig, AUTHORITY, "other.example", parameters -> parameters);
                Wire unnamed = connect(rig, AUTHORITY, "", parameters -> parameters)) {
            assertStatus(named, "SHOP.example:443", 200);
            assertStatus(named, "www.shop.example", 200);
            assertStatus(named, "127.0.0.1", 200);
            assertStatus(named, "other.example", 421);
            assertStatus(named, "a.b.shop.example", 421);
            assertStatus(named, "127.0.0.2", 421);
            assertStatus(named, "shop.example", 200);
            assertStatus(otherwise, "other.example", 200);
            assertStatus(otherwise, "third.example", 421);
            assertStatus(unnamed, "other.example", 200);
            assertThat(rig.metrics().text())
                    .contains("sallyport_client_faults_total{role=\"reverse\",fault=\"misdirected\"} 4");
        }
    }

    private static void assertStatus(Wire client, String host, int status) {
        client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(client.readResponse().status()).as(host).isEqualTo(status);
    }

    // ---- bad clients

    @ParameterizedTest
    @EnumSource
    void answersWhatIsNoTlsByAnAlert(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start();
                Wire plain = rig.connect();
                Wire bad = rig.connect()) {
            plain.send(GET);
            assertThat(plain.read(7)).isEqualTo("\u0015\u0003\u0003\0\u0002\u0002\n");
            bad.send(new byte[] {22, 3, 1, 0, 5, 1, 0, 0, 1, 0});
            assertThat(bad.read(7)).isEqualTo("\u0015\u0003\u0003\0\u0002\u00022");
            Await.until("both are counted", () -> rig.metrics().text().contains("fault=\"hello_malformed\"} 2"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsForAHandshakeNoLongerThanForAHead(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .provider(provider)
                        .reverse(
                                usual -> new dev.sallyport.model.config.ClientLimits(
                                        usual.headerBytes(),
                                        usual.requestBodyBytes(),
                                        Duration.ofMillis(300),
                                        usual.idleTimeout()),
                                origin)
                        .tls(TLS)
                        .secrets(secrets().bundle())
                        .start();
                Wire silent = rig.connect();
                Wire half = rig.connect()) {
            half.send(hello());
            half.readUntil("\u0016\u0003\u0003");
            silent.hasNext();
            awaitFault(rig, "hello_timeout");
            awaitFault(rig, "handshake_timeout");
        }
    }

    private static byte[] hello() throws Exception {
        var engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        var out = java.nio.ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(java.nio.ByteBuffer.allocate(0), out);
        byte[] hello = new byte[out.flip().remaining()];
        out.get(hello);
        return hello;
    }

    @ParameterizedTest
    @EnumSource
    void countsAClientThatDoesNotTrustTheCertificate(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = reverse(provider, origin).start();
                Wire client = connect(rig, new Authority("other"), "shop.example", versions("TLSv1.3"))) {
            assertThatThrownBy(() -> shake(client)).isInstanceOf(SSLHandshakeException.class);
            awaitFault(rig, "handshake_failed");
            assertThat(rig.toldAll()).isTrue();
        }
    }

    // ---- the forward role

    @ParameterizedTest
    @EnumSource
    void proxiesInsideTls(Provider provider) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .provider(provider)
                        .forward()
                        .tls(TLS)
                        .secrets(secrets().bundle())
                        .start()) {
            try (Wire client = connect(rig)) {
                client.send("GET http://" + origin.authority() + "/x HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("ok");
                assertThat(rig.decision().scheme()).isEqualTo("http");
            }
            try (Wire client = connect(rig)) {
                client.send("CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
                for (int i = 0; i < 3; i++) {
                    client.send(GET);
                    assertThat(client.readResponse().body()).isEqualTo("ok");
                }
                client.close();
                RecordedDecision decision = rig.decision();
                assertThat(decision.kind()).isEqualTo(Decision.Kind.TUNNEL);
                assertThat(decision.end()).isEqualTo(Decision.End.COMPLETE);
            }
        }
    }
}
