package dev.sallyport.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.relay.admin.ApplicationProbes.Outcome;
import dev.sallyport.relay.rig.Authority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplicationProbesTest {
    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "302, true", "399, true", "400, false", "404, false", "503, false"})
    void judgesAsTheKubelet(int status, boolean passed) throws Exception {
        int port = application(HttpServer.create(), status);
        assertThat(ask(port, "/ready?full=1", false)).isEqualTo(new Outcome(passed, port + " answered " + status));
        assertThat(asked.poll()).isEqualTo("GET /ready?full=1 Host [127.0.0.1:" + port + "] Agent [kube-probe] X null");
    }

    @Test
    void sendsTheHeadersThatWereGiven() throws Exception {
        int port = application(HttpServer.create(), 200);
        ask(port, "/", false, "host: shop.example", "X: a", "X: b", "User-Agent: mine");
        assertThat(asked.poll()).isEqualTo("GET / Host [shop.example] Agent [mine] X [a, b]");
    }

    @Test
    void takesAnyCertificate() throws Exception {
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(
                Authority.context(null, new Authority("unknown").issueExpired("elsewhere.example"))));
        int port = application(server, 200);
        assertThat(ask(port, "/", true).passed()).isTrue();
        assertThat(ask(port, "/", false).passed()).isFalse();
    }

    @Test
    void aConnectionWillDo() throws Exception {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        int port = server.getLocalPort();
        assertThat(ask(port, "", false)).isEqualTo(new Outcome(true, port + " takes connections"));
        server.close();
        assertThat(ask(port, "", false)).isEqualTo(new Outcome(false, port + " takes no connections"));
        assertThat(ask(port, "/", false).passed()).isFalse();
    }

    @Test
    void asksOnBothLoopbackAddresses() throws Exception {
        ServerSocket server = opened(new ServerSocket(0, 1, InetAddress.getByName("::1")));
        assertThat(ask(server.getLocalPort(), "", false).passed()).isTrue();
    }

    @Test
    void waitsNoLongerThanItIsTold() throws Exception {
        ServerSocket server = opened(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        var probe = probe(server.getLocalPort(), "/", Duration.ofMillis(50));
        assertThat(new ApplicationProbes(List.of(probe)).ask(probe.name()))
                .isEqualTo(new Outcome(false, server.getLocalPort() + " did not answer within 50 ms"));
    }

    @ParameterizedTest
    @CsvSource({"SSH-2.0-x", "HTTP/2 200 OK", "''"})
    void asksForHttp(String greeting) throws Exception {
        ServerSocket server = opened(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write((greeting + "\r\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The test has ended.
            }
        });
        assertThat(ask(server.getLocalPort(), "/", false).passed()).isFalse();
    }

    @Test
    void knowsNoOthers() {
        assertThat(new ApplicationProbes(List.of(probe(80, "/", Duration.ofSeconds(1)))).ask("app/liveness"))
                .isNull();
    }

    private static Outcome ask(int port, String path, boolean tls, String... headers) {
        var probe = new ApplicationProbe("app/readiness", port, path, tls, List.of(headers), Duration.ofSeconds(30));
        Outcome outcome = new ApplicationProbes(List.of(probe)).ask(probe.name());
        assertThat(outcome).isNotNull();
        return outcome;
    }

    private static ApplicationProbe probe(int port, String path, Duration timeout) {
        return new ApplicationProbe("app/readiness", port, path, false, List.of(), timeout);
    }

    private int application(HttpServer server, int status) throws IOException {
        server.bind(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " Host " + headers.get("Host")
                    + " Agent " + headers.get("User-Agent") + " X " + headers.get("X"));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        open.add(() -> server.stop(0));
        return server.getAddress().getPort();
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(one);
        return one;
    }
}
