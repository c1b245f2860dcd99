package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All cases of h2spec, a suite of the protocol by others, against a relay in front of an origin. */
@Tag("conformance")
class H2specTest {
    private static final String ALL = "145 tests, 145 passed, 0 skipped, 0 failed";
    private static final String MODULE = "github.com/summerwind/h2spec/cmd/h2spec@latest";

    /** Answers when it has the whole request: an answer before that would overtake what is wrong with the rest. */
    private static Origin origin() {
        return Origin.scripted((wire, number) -> {
            if (!wire.hasNext()) {
                return;
            }
            try {
                wire.readRequest();
            } catch (AssertionError | UncheckedIOException e) {
                return; // The relay cut it off, as it is to do with many of them.
            }
            wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
            wire.endOutput();
            while (wire.hasNext()) {
                wire.read(1);
            }
        });
    }

    @Test
    void passesAllWithoutTls() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start()) {
            assertThat(run(rig)).contains(ALL);
        }
    }

    @Test
    void passesAllOverTls() throws Exception {
        try (Origin origin = origin();
                Rig rig = Http2TlsTest.relay(origin)) {
            assertThat(run(rig, "--tls", "--insecure")).contains(ALL);
        }
    }

    private static String run(Rig rig, String... more) throws Exception {
        String port = String.valueOf(rig.address().getPort());
        List<String> command =
                new ArrayList<>(List.of(h2spec().toString(), "--host", "localhost", "--port", port, "--timeout", "5"));
        command.addAll(List.of(more));
        return output(new ProcessBuilder(command));
    }

    /** The suite's program, made by Go on its first use. */
    private static Path h2spec() throws Exception {
        Path folder = Path.of("target", "go").toAbsolutePath();
        Path program = folder.resolve("h2spec");
        if (!Files.isExecutable(program)) {
            ProcessBuilder install = new ProcessBuilder("go", "install", MODULE);
            install.environment().put("GOBIN", folder.toString());
            install.environment().put("GOFLAGS", "-mod=mod");
            String said = output(install);
            boolean there = Files.isExecutable(program);
            assertThat(there || !"true".equals(System.getenv("CI")))
                    .as("h2spec installs: %s", said)
                    .isTrue();
            assumeTrue(there, "h2spec cannot be had here: " + said);
        }
        return program;
    }

    private static String output(ProcessBuilder builder) throws InterruptedException {
        try {
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
            return said;
        } catch (IOException e) {
            return e.toString();
        }
    }
}
