package dev.sallyport.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A small backend to try proxies on. */
@Command(
        name = "echo",
        description = "Answer every HTTP request with what arrived: a small backend to try proxies on.",
        mixinStandardHelpOptions = true)
final class EchoCommand implements Callable<Integer> {
    private static final int LONGEST_BODY = 64 << 10;

    @Option(
            names = "--address",
            defaultValue = "127.0.0.1",
            description = "Address to bind. Default: ${DEFAULT-VALUE}.")
    private String address = "127.0.0.1";

    @Option(
            names = "--port",
            defaultValue = "9000",
            description = "Port to bind; 0 lets the system choose. Default: ${DEFAULT-VALUE}.")
    private int port = 9000;

    @Override
    public Integer call() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", EchoCommand::answer);
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(0);
            end.countDown();
        }));
        server.start();
        System.out.println(
                "echo on http://" + address + ":" + server.getAddress().getPort());
        end.await();
        return 0;
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
