package dev.sallyport.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/** A small backend to try proxies on: it answers with what arrived. */
public final class Echo implements AutoCloseable {
    private static final int LONGEST_BODY = 64 << 10;

    private final HttpServer server;

    /** Accepts on {@code address}; port 0 lets the system choose. */
    public Echo(InetSocketAddress address) throws IOException {
        server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", Echo::answer);
        server.start();
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(exchange.getRequestMethod())
                .append(' ')
                .append(exchange.getRequestURI())
                .append('\n');
        for (Map.Entry<String, List<String>> field : new TreeMap<>(exchange.getRequestHeaders()).entrySet()) {
            for (String value : field.getValue()) {
                text.append(field.getKey()).append(": ").append(value).append('\n');
            }
        }
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY);
        if (body.length > 0) {
            text.append('\n').append(new String(body, StandardCharsets.UTF_8)).append('\n');
        }
        byte[] answer = text.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : answer.length);
        if (!head) {
            exchange.getResponseBody().write(answer);
        }
        exchange.close();
    }
}
