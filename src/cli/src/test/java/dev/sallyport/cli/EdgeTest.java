package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sallyport run} with curl and plain sockets at what comes before requests: the PROXY protocol, TCP and tunnels. */
class EdgeTest {
    @TempDir
    Path folder;

    private final List<Integer> ports = new ArrayList<>();
    private ServerSocket echo;
    private Command run;

    @BeforeEach
    void start() throws Exception {
        List<ServerSocket> held = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            held.add(new ServerSocket(0));
        }
        for (ServerSocket socket : held) {
            ports.add(socket.getLocalPort());
            socket.close();
        }
        Said made = run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=egress",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                folder.resolve("tls.key").toString(),
                "-out",
                folder.resolve("tls.crt").toString());
        assertThat(made.status()).as(made.error()).isZero();
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::echo);
        Path file = Files.writeString(folder.resolve("edge.yaml"), """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: plain}
                spec:
                  listeners:
                  - {name: http, port: %d}
                  - {name: tcp, port: %d, protocol: TCP}
                  rules:
                  - backendRefs: [{name: web, port: 80}]
                  - {name: any, listener: tcp, backendRefs: [{name: echo, port: 7}]}
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: balanced}
                spec:
                  listeners: [{name: http, port: %d}]
                  client: {proxyProtocol: {trustedCIDRs: [127.0.0.0/8]}}
                  backendRefs: [{name: web, port: 80}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec:
                  listeners: {mixed: {port: %d}}
                  guards: {privateRanges: {except: [127.0.0.0/8]}, connectPorts: [%6$d]}
                  rules: [{allow: {hosts: [127.0.0.1], ports: [%6$d]}}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: balanced-egress}
                spec:
                  listeners: {mixed: {port: %d}, proxyProtocol: {trustedCIDRs: [127.0.0.0/8]}}
                  guards: {privateRanges: {except: [127.0.0.0/8]}}
                  rules: [{allow: {hosts: [127.0.0.1], ports: [%6$d]}}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: secure-egress}
                spec:
                  listeners: {mixed: {port: %8$d, tls: {certificateRefs: [{name: egress}]}}}
                  guards: {privateRanges: {except: [127.0.0.0/8]}, connectPorts: [%6$d]}
                  rules: [{allow: {hosts: [127.0.0.1], ports: [%6$d]}}]
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: egress}
                type: kubernetes.io/tls
                data: {tls.crt: %9$s, tls.key: %10$s}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {clusterIP: None, ports: [{port: 80}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: echo}
                spec: {clusterIP: None, ports: [{port: 7}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: "", port: %6$d}]
                endpoints: [{addresses: [127.0.0.1]}]
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: echo, labels: {kubernetes.io/service-name: echo}}
                addressType: IPv4
                ports: [{name: "", port: %7$d}]
                endpoints: [{addresses: [127.0.0.1]}]
                """.formatted(
                        ports.get(0),
                        ports.get(1),
                        ports.get(2),
                        ports.get(3),
                        ports.get(4),
                        ports.get(5),
                        echo.getLocalPort(),
                        ports.get(6),
                        base64("tls.crt"),
                        base64("tls.key")));
        run = Command.start("run", "-f", file, "--echo", ports.get(5));
        run.awaitLineWith("ready: ");
    }

    @AfterEach
    void end() throws IOException {
        run.close();
        echo.close();
    }

    private void echo() {
        try {
            while (true) {
                Socket client = echo.accept();
                Thread.ofVirtual().start(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException e) {
                        // the client is gone
                    }
                });
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    @Test
    void bytesPassThroughAndRequestsAreServedBesideThem() throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), ports.get(1))) {
            client.setSoTimeout(60_000);
            client.getOutputStream().write("no request at all\n".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("no request at all\n");
        }
        assertThat(curl("http://127.0.0.1:" + ports.get(0) + "/a")).startsWith("GET /a");
    }

    @Test
    void theHeaderOfTheProxyProtocolIsTakenAndNeeded() throws Exception {
        String reverse = "http://127.0.0.1:" + ports.get(2) + "/b";
        assertThat(curl("--haproxy-protocol", reverse)).startsWith("GET /b").contains("X-forwarded-for: 127.0.0.1");
        assertThat(curl("--write-out", "%{http_code}", reverse)).isEqualTo("000");
        assertThat(curl("--haproxy-protocol", "--write-out", "%{http_code}", "http://127.0.0.1:" + ports.get(0) + "/b"))
                .doesNotContain("200");
        String through = "http://127.0.0.1:" + ports.get(5) + "/c";
        String balanced = "http://127.0.0.1:" + ports.get(4);
        assertThat(curl("--haproxy-protocol", "-x", balanced, through)).startsWith("GET /c");
        assertThat(curl("--write-out", "%{http_code}", "-x", balanced, through)).isEqualTo("000");
    }

    @Test
    void curlReachesTheForwardProxyByRequestAndByTunnel() throws Exception {
        String proxy = "http://127.0.0.1:" + ports.get(3);
        String through = "http://127.0.0.1:" + ports.get(5) + "/d";
        assertThat(curl("-x", proxy, through)).startsWith("GET /d");
        assertThat(curl("-x", proxy, "--proxytunnel", through)).startsWith("GET /d");
        assertThat(curl("-x", proxy, "--proxy1.0", proxy, "--proxytunnel", through))
                .startsWith("GET /d");
        assertThat(curl("-x", proxy, "--proxytunnel", "--write-out", "%{http_connect}", "http://127.0.0.1:9/"))
                .isEqualTo("403");
    }

    @Test
    void curlReachesTheForwardProxyOverTls() throws Exception {
        String proxy = "https://127.0.0.1:" + ports.get(6);
        String through = "http://127.0.0.1:" + ports.get(5) + "/e";
        String trusted = folder.resolve("tls.crt").toString();
        assertThat(curl("-x", proxy, "--proxy-cacert", trusted, through)).startsWith("GET /e");
        assertThat(curl("-x", proxy, "--proxy-cacert", trusted, "--proxytunnel", through))
                .startsWith("GET /e");
        assertThat(curl("-x", proxy, "--write-out", "%{http_code}", through))
                .as("a certificate that curl does not trust")
                .isEqualTo("000");
        assertThat(curl("-x", "http://127.0.0.1:" + ports.get(6), "--write-out", "%{http_code}", through))
                .as("without TLS")
                .isEqualTo("000");
    }

    @Test
    void curlReachesTheForwardProxyByStreamsOfHttp2() throws Exception {
        Curl curl = recentCurl();
        String proxy = "https://127.0.0.1:" + ports.get(6);
        String through = "http://127.0.0.1:" + ports.get(5) + "/f";
        List<String> http2 = List.of(
                "-v", "-x", proxy, "--proxy-http2", "--proxytunnel", "--proxy-cacert", "" + folder.resolve("tls.crt"));

        Said said = curl.with(http2, through, through);
        assertThat(said.output()).containsPattern("(?s)^GET /f.*GET /f");
        assertThat(said.error()).contains("CONNECT tunnel: HTTP/2 negotiated");
        Said refused = curl.with(http2, "http://127.0.0.1:9/"); // which does not tell the status of a stream
        assertThat(refused.status()).as(refused.error()).isNotZero();
        assertThat(run.awaitLineWith("127.0.0.1:9 ")).contains("✗ 403");
    }

    private String base64(String file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve(file)));
    }

    private static String curl(String... arguments) throws Exception {
        return new Curl("curl", "").with(List.of(), arguments).output();
    }

    /** One that speaks HTTP/2 to proxies, which not every machine's does. */
    private static Curl recentCurl() throws Exception {
        Said found = run("../build/curl");
        assumeTrue(found.status() == 0 || "true".equals(System.getenv("CI")), found.error());
        Path programs = Path.of(found.output().strip());
        return new Curl(programs.resolve("curl").toString(), programs.toString());
    }

    private static Said run(String... command) throws Exception {
        return Said.by(new ProcessBuilder(command));
    }

    /** @param libraries a folder with libraries of its own; empty for none */
    private record Curl(String program, String libraries) {
        Said with(List<String> options, String... more) throws Exception {
            List<String> command = new ArrayList<>(List.of(program, "--silent", "--max-time", "60", "--noproxy", ""));
            command.addAll(options);
            command.addAll(List.of(more));
            ProcessBuilder curl = new ProcessBuilder(command);
            if (!libraries.isEmpty()) {
                curl.environment().put("LD_LIBRARY_PATH", libraries);
            }
            return Said.by(curl);
        }
    }
}
