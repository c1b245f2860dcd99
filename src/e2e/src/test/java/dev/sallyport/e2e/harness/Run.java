package dev.sallyport.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a program did.
 *
 * @param status with which it ended
 * @param out its standard output
 * @param err its standard error
 */
public record Run(List<String> command, int status, String out, String err) {

    /** Runs a program of this machine to its end. */
    public static Run program(String... command) {
        return of(Duration.ofMinutes(1), Map.of(), "", List.of(command));
    }

    /** Runs a program to its end, which must come within the limit. */
    static Run of(Duration limit, Map<String, String> environment, String input, List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            var out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()), Thread::startVirtualThread);
            var err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), Thread::startVirtualThread);
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + ": no end after " + limit.toSeconds() + " s\n"
                        + out.join() + err.join());
            }
            return new Run(command, process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean succeeded() {
        return status == 0;
    }

    /** Its output, if it succeeded. */
    public String output() {
        if (status != 0) {
            throw new AssertionError(this);
        }
        return out;
    }

    @Override
    public String toString() {
        return String.join(" ", command) + ": status " + status + "\n" + out + err;
    }
}
