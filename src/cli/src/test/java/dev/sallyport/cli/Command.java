package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The command as a process of its own, as a person starts it. */
final class Command implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    private Command(Process process) {
        this.process = process;
        Thread.ofVirtual().start(() -> {
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add("(ended: " + e.getMessage() + ")");
            }
        });
    }

    /** Starts {@code sallyport ARGUMENTS}; standard error comes with standard output. */
    static Command start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Sallyport.class.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new Command(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Waits for a line, and returns it. */
    String await(Predicate<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(line).as("a line as wanted, after %s", seen).isNotNull();
            seen.add(line);
            if (wanted.test(line)) {
                return line;
            }
        }
    }

    String awaitLineWith(String text) throws InterruptedException {
        return await(line -> line.contains(text));
    }

    /** Asks the process to end, as Kubernetes and service managers do. */
    void terminate() {
        process.toHandle().destroy();
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended, after %s", seen)
                .isTrue();
        return process.exitValue();
    }

    /** All that it printed, once it has ended. */
    List<String> output() throws InterruptedException {
        exitStatus();
        lines.drainTo(seen);
        return seen;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
