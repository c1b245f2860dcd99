package dev.sallyport.relay.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.relay.config.ConfigStatus;
import dev.sallyport.relay.record.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * {@code GET /livez}, {@code /readyz}, {@code /metrics} and {@code /config}, and the probes of an application under
 * {@link ApplicationProbe#PATH}. It is the JDK's own small server: it costs
 * the image 100 kB, and does not share a thread with the event loops, so that it answers when they are busy.
 */
public final class AdminServer implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";

    /** The server's limits are properties of the system, read once. What a person set is left alone. */
    static {
        Map.of(
                        "jdk.httpserver.maxConnections", "100",
                        "sun.net.httpserver.idleInterval", "60",
                        "sun.net.httpserver.maxReqTime", "10",
                        "sun.net.httpserver.maxRspTime", "60",
                        "sun.net.httpserver.maxReqHeaders", "50",
                        "sun.net.httpserver.maxReqHeaderSize", "16384",
                        "sun.net.httpserver.drainAmount", "0",
                        "sun.net.httpserver.nodelay", "true")
                .forEach((name, value) -> {
                    if (System.getProperty(name) == null) {
                        System.setProperty(name, value);
                    }
                });
    }

    private final HttpServer server;

    /**
     * Opens the port.
     *
     * @throws IOException when it cannot be bound
     */
    public AdminServer(
            InetSocketAddress address,
            Readiness readiness,
            Metrics metrics,
            Supplier<List<ConfigStatus>> config,
            ApplicationProbes probes)
            throws IOException {
        server = HttpServer.create(address, 16);
        Executor virtualThreads = task -> Thread.ofVirtual().name("admin").start(task);
        server.setExecutor(virtualThreads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, page(exchange.getRequestURI().getPath(), readiness, metrics, config, probes));
            }
        });
        server.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Closes the port at once. */
    @Override
    public void close() {
        server.stop(0);
    }

    private record Page(int status, String type, String body) {}

    private static Page page(
            String path,
            Readiness readiness,
            Metrics metrics,
            Supplier<List<ConfigStatus>> config,
            ApplicationProbes probes) {
        if (path.startsWith(ApplicationProbe.PATH)) {
            ApplicationProbes.Outcome outcome = probes.ask(path.substring(ApplicationProbe.PATH.length()));
            return outcome == null
                    ? new Page(404, TEXT, "there is no such probe\n")
                    : new Page(outcome.passed() ? 200 : 503, TEXT, outcome.told() + "\n");
        }
        return switch (path) {
            case "/livez" -> new Page(200, TEXT, "ok\n");
            case "/readyz" -> {
                String obstacle = readiness.obstacle();
                yield obstacle == null ? new Page(200, TEXT, "ok\n") : new Page(503, TEXT, obstacle + "\n");
            }
            case "/metrics" -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
            case "/config" -> new Page(200, "application/json", ConfigPage.json(config.get()));
            default -> new Page(404, TEXT, "there are /livez, /readyz, /metrics and /config\n");
        };
    }

    private static void answer(HttpExchange exchange, Page page) throws IOException {
        String method = exchange.getRequestMethod();
        boolean head = method.equals("HEAD");
        if (!head && !method.equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(405, -1);
            return;
        }
        byte[] body = page.body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", page.type);
        exchange.sendResponseHeaders(page.status, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }
}
