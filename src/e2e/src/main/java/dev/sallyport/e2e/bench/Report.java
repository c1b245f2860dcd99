package dev.sallyport.e2e.bench;

import dev.sallyport.e2e.bench.Row.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a run showed: as a table for people, and as JSON. */
record Report(int rounds, Duration time, List<Result> results) {
    private static final String BEGIN = "<!-- measured -->";
    private static final String END = "<!-- end -->";

    /** The rows as Markdown; the relay's cost is set against that of the best peer. */
    String table() {
        StringBuilder out = new StringBuilder();
        Map<String, List<Result>> rows =
                results.stream().collect(Collectors.groupingBy(Result::row, LinkedHashMap::new, Collectors.toList()));
        out.append(
                "| what | proxy | CPU per unit | of the best peer | units per second | p50 | p99 | resident | failed |\n");
        out.append("|---|---|---|---|---|---|---|---|---|\n");
        rows.forEach((name, row) -> {
            double best = row.stream()
                    .filter(result -> result.peer() && result.cpuMicrosPerUnit() > 0)
                    .mapToDouble(Result::cpuMicrosPerUnit)
                    .min()
                    .orElse(0);
            for (Result result : row) {
                out.append(format(
                        "| %s | %s | %.1f %s/%s | %s | %.0f | %s | %s | %.0f MiB | %d |\n",
                        name,
                        result.proxy(),
                        large(result) ? result.cpuMicrosPerUnit() / 1000 : result.cpuMicrosPerUnit(),
                        large(result) ? "ms" : "µs",
                        result.unit(),
                        best == 0 ? "" : format("%.2f", result.cpuMicrosPerUnit() / best),
                        result.unitsPerSecond(),
                        millis(result.p50Micros()),
                        millis(result.p99Micros()),
                        result.residentMebibytes(),
                        result.failed()));
            }
        });
        return out.toString();
    }

    private static boolean large(Result result) {
        return result.unit().equals("GiB");
    }

    private static String millis(double micros) {
        return micros == 0 ? "" : format(micros < 1000 ? "%.3f ms" : "%.2f ms", micros / 1000);
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    private String json() {
        return results.stream()
                .map(result -> format(
                        "  {\"row\": \"%s\", \"unit\": \"%s\", \"proxy\": \"%s\", \"cpuMicrosPerUnit\": %.2f, \"unitsPerSecond\": %.1f,"
                                + " \"p50Micros\": %.0f, \"p99Micros\": %.0f, \"residentMebibytes\": %.1f, \"failed\": %d}",
                        result.row(),
                        result.unit(),
                        result.proxy(),
                        result.cpuMicrosPerUnit(),
                        result.unitsPerSecond(),
                        result.p50Micros(),
                        result.p99Micros(),
                        result.residentMebibytes(),
                        result.failed()))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    /** Puts the table between the marks of {@code performance.md}, and writes {@code performance.json}. */
    void write(Path docs) throws IOException {
        Path page = docs.resolve("performance.md");
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        Files.writeString(page, text.substring(0, begin) + "\n" + machine() + "\n\n" + table() + text.substring(end));
        Files.writeString(docs.resolve("performance.json"), json());
    }

    private String machine() throws IOException {
        String model;
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            model = lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse("unknown");
        }
        return "Machine: %s, %d cores, Linux %s, Java %s. %d rounds of %d s for each row and proxy; medians."
                .formatted(
                        model,
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.version"),
                        Runtime.version(),
                        rounds,
                        time.toSeconds());
    }
}
