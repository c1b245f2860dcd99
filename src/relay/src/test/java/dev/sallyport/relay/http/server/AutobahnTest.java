package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.relay.rig.EchoServer;
import dev.sallyport.relay.rig.Rig;
import java.io.File;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Autobahn's cases of the WebSocket protocol against a server of Netty's, directly and through relays of both roles: what
 * each case finds is the same. The suite is Python, which Jython runs; Maven puts both into {@code target/autobahn}.
 */
@Tag("conformance")
class AutobahnTest {
    private static final Path SUITE = Path.of("target", "autobahn").toAbsolutePath();

    /** All but those that measure, and those of compression, which is an extension. */
    private static final String ALL = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*";

    private static final int CASES = 247;

    /** The suite gives a peer a second for much of what it asks: on a busy machine some cases need another try, and longer. */
    private static final int[] MORE_PATIENCE = {4, 16, 30};

    @TempDir
    Path files;

    @Test
    void findsTheSameThroughRelays() throws Exception {
        try (EchoServer server = new EchoServer();
                Rig reverse = Rig.setup()
                        .reverse()
                        .members(List.of(new EndpointSet.Endpoint(
                                "127.0.0.1", server.address().getPort())))
                        .start();
                Rig forward = Rig.setup().forward().start()) {
            String[] ways = {
                "direct=" + url(server.address()),
                "reverse=" + url(reverse.address()),
                "forward=" + url(server.address()) + ",127.0.0.1:"
                        + forward.address().getPort()
            };
            Map<String, Map<String, Finding>> found = run(1, ALL, ways);
            assertThat(found).hasSize(CASES);
            Map<String, Map<String, Finding>> unlike = unlike(found);
            for (int patience : MORE_PATIENCE) {
                unlike = unlike.isEmpty() ? unlike : unlike(run(patience, String.join(",", unlike.keySet()), ways));
            }
            assertThat(unlike).isEmpty();
        }
    }

    /** The cases that failed, or found something else by one way than by another. */
    private static Map<String, Map<String, Finding>> unlike(Map<String, Map<String, Finding>> found) {
        Map<String, Map<String, Finding>> unlike = new TreeMap<>(found);
        unlike.values().removeIf(ways -> {
            Finding direct = ways.get("direct");
            return direct != null
                    && !direct.behavior.equals("FAILED")
                    && direct.equals(ways.get("reverse"))
                    && direct.equals(ways.get("forward"));
        });
        return unlike;
    }

    private record Finding(String behavior, String close, String code) {}

    private static String url(InetSocketAddress address) {
        return "ws://127.0.0.1:" + address.getPort();
    }

    /** What each case found, by its number, by the name of the way to the server. */
    private Map<String, Map<String, Finding>> run(int patience, String cases, String... ways) throws Exception {
        Path script = files.resolve("client.py");
        try (InputStream in = AutobahnTest.class.getResourceAsStream("/autobahn/client.py")) {
            Files.write(script, in.readAllBytes());
        }
        Path said = files.resolve("said");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Dpython.cachedir.skip=true",
                "-cp",
                SUITE + File.separator + "*",
                "org.python.util.jython",
                script.toString(),
                SUITE.resolve("suite.jar").toString(),
                String.valueOf(patience),
                cases);
        Process process = new ProcessBuilder(
                        Stream.concat(command.stream(), Stream.of(ways)).toList())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(8, TimeUnit.MINUTES))
                    .as("the suite ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        Map<String, Map<String, Finding>> found = new TreeMap<>();
        for (String line : Files.readAllLines(said)) {
            String[] words = line.split("\t");
            if (words[0].equals("case")) {
                found.computeIfAbsent(words[2], number -> new HashMap<>())
                        .put(words[1], new Finding(words[3], words[4], words[5]));
            }
        }
        return found;
    }
}
