package dev.sallyport.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Source;
import dev.sallyport.relay.Await;
import dev.sallyport.relay.config.ConfigStatus;
import dev.sallyport.relay.record.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Readiness readiness = new Readiness();
    private final Metrics metrics = new Metrics();
    private volatile ConfigStatus status = ConfigStatus.NOTHING;
    private AdminServer server;
    private ApplicationProbes probes = new ApplicationProbes(List.of());

    @BeforeEach
    void open() throws IOException {
        server = open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private AdminServer open(InetSocketAddress address) throws IOException {
        return new AdminServer(address, readiness, metrics, () -> List.of(status), probes);
    }

    @AfterEach
    void close() {
        server.close();
        client.shutdownNow();
    }

    private HttpResponse<String> request(String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + server.address().getPort() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return request("GET", path);
    }

    @Test
    void asksTheApplication() throws Exception {
        assertThat(get("/probes/app/readiness").statusCode()).isEqualTo(404);
        try (ServerSocket application = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            probes = new ApplicationProbes(List.of(new ApplicationProbe(
                    "app/readiness", application.getLocalPort(), "", false, List.of(), Duration.ofSeconds(10))));
            server.close();
            open();
            assertThat(get("/probes/app/readiness").statusCode()).isEqualTo(200);
        }
        assertThat(get("/probes/app/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/probes/app/readiness").body()).contains("takes no connections");
        assertThat(get("/probes/app/liveness").statusCode()).isEqualTo(404);
    }

    @Test
    void livesBeforeItIsReady() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("waiting for the first configuration\n");
        readiness.ready();
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        readiness.drain();
        readiness.ready();
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("draining\n");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void tellsWhichConfigurationIsServedAndNothingElse() throws Exception {
        assertThat(get("/config").body()).isEqualTo("{\"formats\":[1],\"error\":\"no configuration was read yet\"}\n");
        ConfigStatus.Served served = new ConfigStatus.Served(
                "00aa",
                List.of(new Source("ReverseProxy", "shop", "front", 7), new Source("ForwardProxy", "t", "e", 2)));
        status = new ConfigStatus(served, null, null);
        assertThat(get("/config").body())
                .isEqualTo("{\"hash\":\"00aa\",\"generation\":7,\"sources\":["
                        + "{\"kind\":\"ReverseProxy\",\"namespace\":\"shop\",\"name\":\"front\",\"generation\":7},"
                        + "{\"kind\":\"ForwardProxy\",\"namespace\":\"t\",\"name\":\"e\",\"generation\":2}],"
                        + "\"formats\":[1]}\n");
        status = new ConfigStatus(served, new ConfigStatus.Refusal("00bb", "listeners[0]: \"bad\""), null);
        HttpResponse<String> refused = get("/config");
        assertThat(refused.body())
                .startsWith("{\"hash\":\"00aa\",\"generation\":7,")
                .endsWith(",\"formats\":[1],\"error\":\"listeners[0]: \\\"bad\\\"\",\"refused\":\"00bb\"}\n");
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/json");
        status = new ConfigStatus(served, null, new ConfigStatus.Waiting("00cc"));
        assertThat(get("/config").body())
                .endsWith(",\"formats\":[1],\"waiting\":{\"reason\":\"WaitingForSecret\",\"hash\":\"00cc\"}}\n");
    }

    @Test
    void showsTheMetrics() throws Exception {
        HttpResponse<String> response = get("/metrics");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body())
                .contains("# TYPE sallyport_requests_total counter\n")
                .endsWith("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/livez/", "/livezz", "/config/x", "/metrics/../config", "/%63onfig%00"})
    void hasNoOtherPages(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
    void isOnlyRead(String method) throws Exception {
        HttpResponse<String> response = request(method, "/config");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        assertThat(request("HEAD", "/metrics").statusCode()).isEqualTo(200);
        assertThat(request("HEAD", "/readyz").statusCode()).isEqualTo(503);
        assertThat(request("HEAD", "/metrics").body()).isEmpty();
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static int end(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int count = 0;
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                count++;
            }
        } catch (java.net.SocketException e) {
            // reset: an end, too
        }
        return count;
    }

    @Test
    void boundsTheHeadOfARequest() throws Exception {
        try (Socket socket = connect()) {
            byte[] field = ("X-A: " + "a".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: a\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            socket.getOutputStream().write(field);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void closesAConnectionWhoseRequestDoesNotEnd() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET /livez HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
            assertThat(end(socket)).isZero();
        }
    }

    @Test
    void boundsConnectionsAndRecovers() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            Await.until("a connection too many is closed at once", () -> {
                Socket socket = connect();
                open.add(socket);
                socket.setSoTimeout(open.size() > 100 ? 5_000 : 1);
                try {
                    return socket.getInputStream().read() < 0;
                } catch (java.net.SocketTimeoutException e) {
                    return false;
                } catch (java.net.SocketException e) {
                    return true;
                }
            });
            assertThat(open).hasSizeBetween(90, 110);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Await.until("it serves again", () -> get("/livez").statusCode() == 200);
    }

    @Test
    void movesAndComesBackWhenItCannot() throws Exception {
        try (AdminPort port = new AdminPort(new Admin("127.0.0.1", 0), this::open);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int first = port.address().getPort();
            assertThatThrownBy(() -> port.move(new Admin("127.0.0.1", taken.getLocalPort())))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageStartingWith("admin: cannot listen on 127.0.0.1 port " + taken.getLocalPort() + ": ");
            assertThat(port.address().getPort()).isEqualTo(first);
            new Socket(InetAddress.getLoopbackAddress(), first).close();
            assertThatThrownBy(() -> port.move(new Admin("localhost", 1)))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("is not an address");

            port.move(new Admin("127.0.0.2", first));
            assertThat(port.address()).isEqualTo(new InetSocketAddress("127.0.0.2", first));
            new Socket("127.0.0.2", first).close();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), first).close())
                    .isInstanceOf(IOException.class);
        }
    }
}
