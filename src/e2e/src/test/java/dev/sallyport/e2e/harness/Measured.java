package dev.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the scenarios measured by the way. It is told, and judged by nobody: the machine is as fast as it is. */
public final class Measured {
    private final Path file;
    private final List<String> lines = new ArrayList<>();

    Measured(Path file) {
        this.file = file;
    }

    /** @param value with its unit */
    public synchronized void tell(String what, String value) {
        String line = "measured: " + what + ": " + value;
        System.out.println(line);
        lines.add(line);
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void tell(String what, Duration took) {
        tell(what, String.format(Locale.ROOT, "%.2f s", took.toMillis() / 1000.0));
    }

    void summary() {
        lines.forEach(System.out::println);
    }
}
