package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file says of backends is what {@code sallyport run} does with real ones. */
class BackendsTest {
    @TempDir
    Path folder;

    private final List<HttpServer> backends = new ArrayList<>();
    private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Command run;
    private int port;

    @BeforeEach
    void choosePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void end() {
        if (run != null) {
            run.close();
        }
        backends.forEach(backend -> backend.stop(0));
        threads.shutdownNow();
    }

    private int backend(int status) throws IOException {
        return backend(status, () -> {});
    }

    private int backend(int status, Work work) throws IOException {
        HttpServer backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            connections.add(exchange.getRemoteAddress());
            try {
                work.run();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        backend.setExecutor(threads);
        backend.start();
        backends.add(backend);
        return backend.getAddress().getPort();
    }

    private void serve(String settings, int... ports) throws Exception {
        StringBuilder slices = new StringBuilder();
        for (int one : ports) {
            slices.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: a-%1$d, labels: {kubernetes.io/service-name: a}}
                    addressType: IPv4
                    ports: [{name: "", port: %1$d}]
                    endpoints: [{addresses: [127.0.0.1]}]
                    """.formatted(one));
        }
        Path file = Files.writeString(folder.resolve("proxy.yaml"), """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web}
                spec:
                  listeners: [{name: http, port: %d}]
                  backendRefs: [{name: a, port: 80}]
                  backends:
                  - {name: "*", loadBalancer: {type: RoundRobin}}
                  - {name: a, %s}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: a}
                spec: {clusterIP: None, ports: [{port: 80}]}
                """.formatted(port, settings) + slices);
        run = Command.start("run", "-f", file);
        run.awaitLineWith("ready: ");
    }

    private int status() throws Exception {
        return begin().get(1, TimeUnit.MINUTES).statusCode();
    }

    private CompletableFuture<HttpResponse<Void>> begin() {
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .build(),
                BodyHandlers.discarding());
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    @Test
    void anEndpointThatFailsIsLeftAlone() throws Exception {
        serve(
                "healthCheck: {passive: {consecutiveErrors: 2, baseEjection: 1h, maxEjectionPercent: 50}}",
                backend(500),
                backend(204));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(status());
        }
        assertThat(statuses).filteredOn(status -> status == 500).hasSize(2);
        assertThat(statuses.subList(4, 12)).containsOnly(204);
    }

    @Test
    void aCheckThatIsOffLeavesItAmongTheOthers() throws Exception {
        serve("healthCheck: {passive: {consecutiveErrors: 0}}", backend(500), backend(204));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(status());
        }
        assertThat(statuses).filteredOn(status -> status == 500).hasSize(6);
    }

    @Test
    void aConnectionServesAsManyRequestsAsItMay() throws Exception {
        serve("connection: {maxRequests: 3, reuse: Always}", backend(204));
        for (int i = 0; i < 9; i++) {
            assertThat(status()).isEqualTo(204);
        }
        assertThat(connections).hasSize(3);
    }

    @Test
    void aConnectionIsNotUsedAgain() throws Exception {
        serve("connection: {reuse: Never}", backend(204));
        for (int i = 0; i < 4; i++) {
            assertThat(status()).isEqualTo(204);
        }
        assertThat(connections).hasSize(4);
    }

    @Test
    void whatIsBeyondTheLimitIsRefusedAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        int slow = backend(204, () -> {
            asked.countDown();
            goOn.await();
        });
        serve("circuitBreaker: {parallelRequests: 2, pendingRequests: 1, queueTimeout: 1ms}", slow);
        CompletableFuture<HttpResponse<Void>> first = begin();
        CompletableFuture<HttpResponse<Void>> second = begin();
        asked.await();
        assertThat(status()).isEqualTo(503);
        goOn.countDown();
        assertThat(first.get(1, TimeUnit.MINUTES).statusCode()).isEqualTo(204);
        assertThat(second.get(1, TimeUnit.MINUTES).statusCode()).isEqualTo(204);
    }
}
