package dev.sallyport.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.relay.upstream.endpoints.ScriptedApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relay as a process, in front of a real server. */
@Timeout(180)
class RelayTest {
    @TempDir
    Path directory;

    private final CountDownLatch slowAsked = new CountDownLatch(1);
    private final CountDownLatch slowMayAnswer = new CountDownLatch(1);
    private HttpServer backend;
    private volatile @Nullable InetSocketAddress proxy;

    @BeforeEach
    void startBackend() throws IOException {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        backend.createContext("/", exchange -> {
            try (exchange) {
                String path = exchange.getRequestURI().getPath();
                if (path.equals("/slow") || path.equals("/outward")) {
                    slowAsked.countDown();
                    slowMayAnswer.await();
                }
                byte[] body = (path.equals("/outward") ? outward() : "hello").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        backend.start();
    }

    /** What the backend gets of itself through the relay, on a new connection. */
    private String outward() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .proxy(ProxySelector.of(Objects.requireNonNull(proxy)))
                .build()) {
            URI uri = URI.create("http://127.0.0.1:" + backend.getAddress().getPort() + "/");
            return "outward "
                    + client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body();
        }
    }

    @AfterEach
    void stopBackend() {
        backend.stop(0);
    }

    private RelayConfig config(long generation, Drain drain) {
        return Configs.reverse(
                generation,
                0,
                List.of(new Endpoint("127.0.0.1", backend.getAddress().getPort())),
                drain);
    }

    private RelayConfig config(long generation) {
        return config(generation, new Drain(Duration.ZERO, Duration.ofSeconds(5)));
    }

    private void deliver(byte[] json) throws IOException {
        Path next = Files.write(directory.resolve("next"), json);
        Files.move(next, directory.resolve(RelayConfigCodec.FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    private String deliver(RelayConfig config) throws IOException {
        byte[] json = RelayConfigCodec.write(config);
        deliver(json);
        return RelayConfigCodec.hash(json);
    }

    @Test
    void livesWithoutAConfigurationThenServesThenReloads() throws Exception {
        try (RelayProcess relay = RelayProcess.on(directory)) {
            assertThat(relay.admin("/livez").statusCode()).isEqualTo(200);
            assertThat(relay.admin("/readyz").statusCode()).isEqualTo(503);
            assertThat(relay.event("config-refused").get("message").asText()).contains("has neither");

            String hash = deliver(config(1));
            JsonNode ready = relay.event("ready");
            assertThat(ready.get("hash").asText()).isEqualTo(hash);
            assertThat(relay.admin("/readyz").statusCode()).isEqualTo(200);
            assertThat(relay.admin("/config").body()).contains("\"hash\":\"" + hash + "\",\"generation\":1,");
            HttpResponse<String> response = relay.listener(ready, "web", "/hello?secret=1");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            Await.passes("it is logged", () -> {
                assertThat(relay.accessLog()).hasSize(1);
                JsonNode line = relay.accessLog().getFirst();
                assertThat(line.get("path").asText()).isEqualTo("/hello");
                assertThat(line.get("query").asBoolean()).isTrue();
                assertThat(line.get("policy").asText()).isEqualTo("shop/front");
                assertThat(line.get("status").asInt()).isEqualTo(200);
                assertThat(line.get("upstream").asText())
                        .isEqualTo("127.0.0.1:" + backend.getAddress().getPort());
                assertThat(line.get("responseBytes").asInt()).isEqualTo(5);
                assertThat(line.get("trace").asText()).matches("[0-9a-f]{32}");
                assertThat(line.get("span").asText()).matches("[0-9a-f]{16}");
                assertThat(line.toString()).doesNotContain("secret");
            });
            assertThat(relay.admin("/metrics").body())
                    .contains("sallyport_requests_total{role=\"reverse\",listener=\"web\",kind=\"request\","
                            + "verdict=\"allowed\",code=\"2xx\"} 1\n")
                    .contains("sallyport_cluster_endpoints{cluster=\"shop/cart:80\"} 1\n")
                    .contains(
                            "sallyport_config_generation{kind=\"ReverseProxy\",namespace=\"shop\",name=\"front\"} 1\n")
                    .contains("sallyport_config_info{hash=\"" + hash + "\"} 1\n");

            deliver("{".getBytes(StandardCharsets.UTF_8));
            relay.event("config-refused", 2);
            assertThat(relay.admin("/config").body())
                    .contains("\"hash\":\"" + hash + "\"")
                    .contains("\"error\":\"");
            assertThat(relay.admin("/readyz").statusCode()).isEqualTo(200);
            assertThat(relay.listener(ready, "web", "/").statusCode()).isEqualTo(200);

            String second = deliver(config(2));
            JsonNode served = relay.event("config-served");
            assertThat(served.get("hash").asText()).isEqualTo(second);
            assertThat(served.get("listeners"))
                    .as("the port that was chosen stays")
                    .isEqualTo(ready.get("listeners"));
            assertThat(relay.admin("/config").body())
                    .contains("\"hash\":\"" + second + "\"")
                    .doesNotContain("error");
        }
    }

    @Test
    void staysUnreadyWithABadFirstConfigurationAndSaysWhy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            deliver(Configs.reverse(1, taken.getLocalPort(), List.of(), new Drain(Duration.ZERO, Duration.ZERO)));
            try (RelayProcess relay = RelayProcess.on(directory)) {
                relay.event("config-refused");
                assertThat(relay.admin("/config").body())
                        .doesNotContain("\"hash\"")
                        .contains("\"error\":\"listeners[0].port: ")
                        .contains("\"refused\":\"");
                assertThat(relay.admin("/readyz").statusCode()).isEqualTo(503);
                assertThat(relay.admin("/livez").statusCode()).isEqualTo(200);
                deliver(config(2));
                relay.event("ready");
                relay.terminate();
                assertThat(relay.exit()).isZero();
            }
        }
    }

    @Test
    void servesOnWhileItDrainsAndEndsWithZero() throws Exception {
        deliver(config(1, new Drain(Duration.ofSeconds(2), Duration.ofSeconds(40))));
        try (RelayProcess relay = RelayProcess.on(directory)) {
            JsonNode ready = relay.event("ready");
            FutureTask<HttpResponse<String>> slow = new FutureTask<>(() -> relay.listener(ready, "web", "/slow"));
            Thread.ofVirtual().start(slow);
            slowAsked.await();

            relay.terminate();
            relay.event("draining");
            assertThat(relay.admin("/readyz").body()).isEqualTo("draining\n");
            HttpResponse<String> during = relay.listener(ready, "web", "/during-the-delay");
            assertThat(during.statusCode()).isEqualTo(200);
            assertThat(during.headers().firstValue("Connection")).contains("close");
            Await.until("it accepts nothing new", () -> {
                try {
                    relay.listener(ready, "web", "/late");
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(relay.isAlive()).as("a request runs").isTrue();
            slowMayAnswer.countDown();
            assertThat(slow.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            assertThat(relay.exit()).isZero();
            assertThat(relay.accessLog())
                    .as("nothing is lost")
                    .anyMatch(line -> line.get("path").asText().equals("/slow"));
        }
    }

    @Test
    void servesWhatABackendAsksOutwardsUntilInboundIsAtRest() throws Exception {
        deliver(Configs.withForward(
                config(1, new Drain(Duration.ZERO, Duration.ofSeconds(40))),
                backend.getAddress().getPort()));
        try (RelayProcess relay = RelayProcess.on(directory)) {
            JsonNode ready = relay.event("ready");
            String[] listener = ready.get("listeners").get("proxy").asText().split(":");
            proxy = new InetSocketAddress(listener[0], Integer.parseInt(listener[1]));
            FutureTask<HttpResponse<String>> slow = new FutureTask<>(() -> relay.listener(ready, "web", "/outward"));
            Thread.ofVirtual().start(slow);
            slowAsked.await();

            relay.terminate();
            Await.until("nothing new comes in", () -> {
                try {
                    relay.listener(ready, "web", "/late");
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            slowMayAnswer.countDown();
            assertThat(slow.get(30, TimeUnit.SECONDS).body()).isEqualTo("outward hello");
            assertThat(relay.exit()).isZero();
            assertThat(relay.accessLog())
                    .filteredOn(line -> line.get("role").asText().equals("forward"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.get("status").asInt()).isEqualTo(200));
        }
    }

    @Test
    void endsWhenTheGraceIsOver() throws Exception {
        deliver(config(1, new Drain(Duration.ZERO, Duration.ofMillis(200))));
        try (RelayProcess relay = RelayProcess.on(directory)) {
            JsonNode ready = relay.event("ready");
            Thread.ofVirtual().start(new FutureTask<>(() -> relay.listener(ready, "web", "/slow")));
            slowAsked.await();
            relay.terminate();
            assertThat(relay.exit()).isZero();
            assertThat(relay.accessLog().getLast().get("end").asText()).isEqualTo("drain");
        }
    }

    @Test
    void theGraceOfItsArgumentsGoesBeforeThatOfItsConfiguration() throws Exception {
        deliver(config(1, new Drain(Duration.ZERO, Duration.ofHours(1))));
        try (RelayProcess relay =
                new RelayProcess("--config", directory.toString(), "--admin", "127.0.0.1:0", "--grace", "0")) {
            JsonNode ready = relay.event("ready");
            Thread.ofVirtual().start(new FutureTask<>(() -> relay.listener(ready, "web", "/slow")));
            slowAsked.await();
            relay.terminate();
            assertThat(relay.exit()).isZero();
            assertThat(relay.accessLog().getLast().get("end").asText()).isEqualTo("drain");
        }
    }

    @Test
    void hurriesWhenToldAgain() throws Exception {
        deliver(config(1, new Drain(Duration.ofHours(1), Duration.ofHours(1))));
        try (RelayProcess relay = RelayProcess.on(directory)) {
            JsonNode ready = relay.event("ready");
            Thread.ofVirtual().start(new FutureTask<>(() -> relay.listener(ready, "web", "/slow")));
            slowAsked.await();
            relay.terminate();
            relay.event("draining");
            relay.terminate();
            Await.until("the delay is cut short", () -> {
                try {
                    relay.listener(ready, "web", "/late");
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(relay.isAlive()).as("the grace runs").isTrue();
            relay.terminate();
            assertThat(relay.exit()).isZero();
        }
    }

    @Test
    void followsTheEndpointsOfAServiceAndOutlivesTheApiServer(@TempDir Path mount) throws Exception {
        RelayConfig plain = config(1);
        int port = backend.getAddress().getPort();
        EndpointSet slices = new EndpointSet.Slices("shop", "cart", "http", new Endpoint("127.0.0.9", port));
        deliver(Configs.withEndpoints(plain, slices));
        try (ScriptedApi api = ScriptedApi.overTls(mount);
                RelayProcess relay = new RelayProcess(
                        Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", "" + api.port()),
                        "--config",
                        directory.toString(),
                        "--admin",
                        "127.0.0.1:0",
                        "--service-account",
                        mount.toString())) {
            JsonNode ready = relay.event("ready");
            assertThat(relay.listener(ready, "web", "/").statusCode())
                    .as("nobody is at the fallback")
                    .isIn(502, 503);
            ScriptedApi.Call list = api.takeList();
            assertThat(list.authorization()).isEqualTo("Bearer first-token");
            list.answer(200, """
                    {'metadata':{'resourceVersion':'5'},'items':[{'metadata':{'name':'cart-x','resourceVersion':'4'},\
                    'addressType':'IPv4','ports':[{'name':'http','port':%d}],'endpoints':[{'addresses':['127.0.0.1']}]}]}
                    """.formatted(port));
            Await.until(
                    "it serves from the listed endpoint",
                    () -> relay.listener(ready, "web", "/").statusCode() == 200);
            api.takeWatch("5").begin();

            api.close();
            relay.event("endpoint-watch-failed");
            deliver(Configs.withEndpoints(config(2), slices));
            relay.event("config-served");
            assertThat(relay.listener(ready, "web", "/").statusCode()).isEqualTo(200);
            assertThat(relay.admin("/readyz").statusCode()).isEqualTo(200);
            assertThat(relay.said()).doesNotContain("first-token");
            relay.terminate();
            assertThat(relay.exit()).isZero();
        }
    }

    @Test
    void endsAtOnceWhileItWaitsForAConfiguration() throws Exception {
        try (RelayProcess relay = RelayProcess.on(directory)) {
            relay.event("started");
            relay.terminate();
            assertThat(relay.exit()).isZero();
        }
    }

    @Test
    void saysWhatIsWrongWithItsArguments() throws Exception {
        try (RelayProcess relay = new RelayProcess("--confg", "x")) {
            assertThat(relay.exit()).isEqualTo(2);
            assertThat(relay.said()).startsWith("relay: --confg is not known\nusage: relay --config DIRECTORY");
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RelayProcess relay = new RelayProcess(
                        "--config", directory.toString(), "--admin", "127.0.0.1:" + taken.getLocalPort())) {
            assertThat(relay.exit()).isEqualTo(1);
            assertThat(relay.said()).contains("admin: cannot listen on 127.0.0.1 port " + taken.getLocalPort());
        }
    }
}
