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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Answers {@code /config} from the mounted files as a relay does, and serves nothing. */
public final class AnsweringRelay implements RelayRunner {
    @Override
    public AutoCloseable start(String address, Path configuration) throws IOException {
        List<Path> files = files(configuration);
        HttpServer server = HttpServer.create(
                new InetSocketAddress(
                        address,
                        read(Files.readAllBytes(files.getFirst())).admin().port()),
                16);
        server.createContext("/config", exchange -> {
            List<String> parts = new ArrayList<>();
            for (Path file : files) {
                byte[] json = Files.readAllBytes(file);
                parts.add("\"hash\":\"%s\",\"generation\":%d"
                        .formatted(
                                RelayConfigCodec.hash(json),
                                read(json).sources().getFirst().generation()));
            }
            String all = parts.size() == 1 ? parts.getFirst() : "\"parts\":[{" + String.join("},{", parts) + "}]";
            byte[] answer = ("{\"formats\":[1]," + all + "}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            try (var body = exchange.getResponseBody()) {
                body.write(answer);
            }
        });
        server.start();
        return () -> server.stop(0);
    }

    /** That of {@code mount} itself, or of each directory in it. */
    private static List<Path> files(Path mount) throws IOException {
        Path one = mount.resolve("..data").resolve(RelayConfigCodec.FILE);
        if (Files.exists(one)) {
            return List.of(one);
        }
        try (Stream<Path> volumes = Files.list(mount)) {
            return volumes.map(volume -> volume.resolve("..data").resolve(RelayConfigCodec.FILE))
                    .sorted()
                    .toList();
        }
    }

    private static RelayConfig read(byte[] json) {
        try {
            return RelayConfigCodec.read(json);
        } catch (InvalidConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
