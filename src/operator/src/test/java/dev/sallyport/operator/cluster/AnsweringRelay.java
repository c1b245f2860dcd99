package dev.sallyport.operator.cluster;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Answers {@code /config} from the mounted file as a relay does, and serves nothing. */
public final class AnsweringRelay implements RelayRunner {
    @Override
    public AutoCloseable start(String address, Path configuration) throws IOException {
        Path file = configuration.resolve("..data").resolve(RelayConfigCodec.FILE);
        HttpServer server = HttpServer.create(
                new InetSocketAddress(
                        address, read(Files.readAllBytes(file)).admin().port()),
                16);
        server.createContext("/config", exchange -> {
            byte[] json = Files.readAllBytes(file);
            byte[] answer = "{\"hash\":\"%s\",\"generation\":%d,\"formats\":[1]}"
                    .formatted(
                            RelayConfigCodec.hash(json),
                            read(json).sources().getFirst().generation())
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            try (var body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        server.start();
        return () -> server.stop(0);
    }

    private static RelayConfig read(byte[] json) {
        try {
            return RelayConfigCodec.read(json);
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
