package dev.sallyport.operator.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.operator.webhook.Admission.NoReviewException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server asks: {@value #NAMESPACE} about pods whose namespace asks for a relay, and {@value #POD} about those that ask
 * themselves. It is the JDK's own small server, as there is one sort of client with few connections.
 */
final class WebhookServer implements AutoCloseable {
    static final String NAMESPACE = "/inject/namespace";
    static final String POD = "/inject/pod";

    /** The API server takes objects of up to 3 MiB; a review has little beside. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private static final int MOST_AT_ONCE = 16;
    private static final Logger LOG = Logger.getLogger(WebhookServer.class);

    /** The server's limits are properties of the system, read once. What a person set is left alone. */
    static {
        Map.of(
                        "jdk.httpserver.maxConnections", "200",
                        "sun.net.httpserver.idleInterval", "120",
                        "sun.net.httpserver.maxReqTime", "10",
                        "sun.net.httpserver.maxRspTime", "10",
                        "sun.net.httpserver.drainAmount", "0",
                        "sun.net.httpserver.nodelay", "true")
                .forEach((name, value) -> {
                    if (System.getProperty(name) == null) {
                        System.setProperty(name, value);
                    }
                });
    }

    private final HttpsServer server;
    private final Admission admission;
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);

    /**
     * Opens the port.
     *
     * @throws IOException when it cannot be bound
     */
    WebhookServer(InetSocketAddress address, ShownCertificate certificate, Admission admission) throws IOException {
        this.admission = admission;
        server = HttpsServer.create(address, 64);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            }
        });
        Executor virtualThreads = task -> Thread.ofVirtual().name("webhook").start(task);
        server.setExecutor(virtualThreads);
        server.createContext("/", exchange -> {
            try (exchange) {
                handle(exchange);
            }
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Lets reviews that came finish, for a second. */
    @Override
    public void close() {
        server.stop(1);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!path.equals(NAMESPACE) && !path.equals(POD)) {
            answer(exchange, HttpURLConnection.HTTP_NOT_FOUND, "there are " + NAMESPACE + " and " + POD);
        } else if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            answer(exchange, HttpURLConnection.HTTP_BAD_METHOD, "POST is the way to ask");
        } else {
            review(exchange, path.equals(NAMESPACE) ? "true" : null);
        }
    }

    private void review(HttpExchange exchange, @Nullable String namespaceLabel) throws IOException {
        turns.acquireUninterruptibly();
        try {
            byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                answer(
                        exchange,
                        HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
                        "a review has at most " + MOST_BYTES + " bytes");
                return;
            }
            byte[] answer = admission.answer(body, namespaceLabel);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (NoReviewException e) {
            answer(exchange, HttpURLConnection.HTTP_BAD_REQUEST, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a review could not be answered", e);
            answer(exchange, HttpURLConnection.HTTP_INTERNAL_ERROR, "internal error; the operator's log tells more");
        } finally {
            turns.release();
        }
    }

    private static void answer(HttpExchange exchange, int status, String message) throws IOException {
        byte[] body = (message + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().set("Connection", "close");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
