package dev.sallyport.relay.record;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What the system says of this process. Numbers that it does not tell are 0. */
public final class ProcessMetrics {
    private ProcessMetrics() {}

    /** Shows them among {@code metrics}. */
    public static void register(Metrics metrics) {
        ProcessHandle process = ProcessHandle.current();
        double start = process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli() / 1000.0;
        Runtime runtime = Runtime.getRuntime();
        metrics.gauge("process_start_time_seconds", "When the process began, since the epoch.", () -> start);
        metrics.gauge(
                "process_cpu_seconds_total",
                "Time that the process spent on processors.",
                () -> processorTime().toMillis() / 1000.0);
        metrics.gauge("process_resident_memory_bytes", "Memory of the process.", ProcessMetrics::resident);
        metrics.gauge("process_open_fds", "Open file descriptors.", ProcessMetrics::descriptors);
        metrics.gauge(
                "sallyport_heap_used_bytes",
                "The Java heap in use, garbage included.",
                () -> runtime.totalMemory() - runtime.freeMemory());
        metrics.gauge("sallyport_heap_committed_bytes", "The Java heap that the process holds.", runtime::totalMemory);
    }

    /** What the process spent on processors up to now, in steps of 10 ms. */
    public static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static double resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return 1024.0 * Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            // not told
        }
        return 0;
    }

    private static double descriptors() {
        int count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path ignored : open) {
                count++;
            }
        } catch (IOException e) {
            // not told
        }
        return count;
    }
}
