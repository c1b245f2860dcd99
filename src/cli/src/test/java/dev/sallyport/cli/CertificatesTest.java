package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates in files beside the proxies that name them. */
class CertificatesTest {
    private static final Path GIVEN = Path.of("../control/src/test/scenarios/reverse-tls/in-secrets.yaml");
    private static final int PATIENCE_MILLIS = 60_000;

    @TempDir
    Path folder;

    private HttpServer backend;
    private int port;
    private Command run;

    @BeforeEach
    void startBackend() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.start();
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void end() {
        if (run != null) {
            run.close();
        }
        backend.stop(0);
    }

    private void writeSecret(String of) throws IOException {
        for (String document : Files.readString(GIVEN).split("\n---\n", -1)) {
            if (document.contains("name: " + of + ",")) {
                Path next = folder.resolve("next");
                Files.writeString(next, document.replace("name: " + of + ", namespace: shop", "name: front"));
                Files.move(next, folder.resolve("secret.yaml"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void serve() throws Exception {
        Files.writeString(folder.resolve("proxy.yaml"), """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web}
                spec:
                  listeners: [{name: https, port: %d, protocol: HTTPS, tls: {certificateRefs: [{name: front}]}}]
                  backendRefs: [{name: a, port: 80}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: a}
                spec: {clusterIP: None, ports: [{port: 80}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: a-1, labels: {kubernetes.io/service-name: a}}
                addressType: IPv4
                ports: [{name: "", port: %d}]
                endpoints: [{addresses: [127.0.0.1]}]
                """.formatted(
                        port, backend.getAddress().getPort()));
        run = Command.start("run", "-f", folder);
    }

    private SSLSocket connect() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("shop.example.com")));
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String shown(SSLSocket socket) throws Exception {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    private static String get(SSLSocket socket) throws Exception {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        String status = in.readLine();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            // the fields
        }
        return status;
    }

    @Test
    void newConnectionsGetTheCertificateThatIsThereNow() throws Exception {
        writeSecret("shop-tls");
        serve();
        run.awaitLineWith("ready: ");
        try (SSLSocket first = connect()) {
            assertThat(shown(first)).isEqualTo("CN=shop");
            assertThat(get(first)).isEqualTo("HTTP/1.1 204 No Content");
            writeSecret("wild-tls");
            run.awaitLineWith("reloaded: ");
            try (SSLSocket second = connect()) {
                assertThat(shown(second)).isEqualTo("CN=wild");
            }
            assertThat(get(first)).as("an open connection stays").isEqualTo("HTTP/1.1 204 No Content");
        }
    }

    /** Whatever is shown. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
