package dev.sallyport.e2e.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A process that is measured or that serves what is measured, pinned to a core. */
final class Proxy implements AutoCloseable {
    private static final int TICKS_PER_SECOND = 100;
    private static final Duration START = Duration.ofSeconds(20);

    private final String name;
    private final Process process;

    private Proxy(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /** Starts it and waits until it accepts on all ports. */
    static Proxy start(String name, int core, Path log, List<Integer> ports, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", String.valueOf(core)));
        pinned.addAll(command);
        try {
            Proxy proxy = new Proxy(
                    name,
                    new ProcessBuilder(pinned)
                            .redirectErrorStream(true)
                            .redirectOutput(Redirect.to(log.toFile()))
                            .start());
            long giveUp = System.nanoTime() + START.toNanos();
            for (int port : ports) {
                while (!accepts(port)) {
                    if (!proxy.process.isAlive() || System.nanoTime() > giveUp) {
                        proxy.close();
                        throw new IllegalStateException(
                                name + " does not accept on port " + port + ":\n" + Files.readString(log));
                    }
                    Thread.sleep(20);
                }
            }
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    String name() {
        return name;
    }

    /** The CPU time of all its threads and children until now, also of those that have ended, to a hundredth of a second. */
    double cpuSeconds() {
        long ticks = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(handle -> ticks(handle.pid()))
                .sum();
        return (double) ticks / TICKS_PER_SECOND;
    }

    /** In user and system mode, its own and that of children that it has waited for: proc(5). */
    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return IntStream.range(11, 15)
                    .mapToLong(field -> Long.parseLong(fields[field]))
                    .sum();
        } catch (IOException e) {
            return 0; // has just ended
        }
    }

    /** What it has resident with its children, in kibibytes. */
    long residentKibibytes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(handle -> {
                    try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(handle.pid()), "status"))) {
                        return lines.filter(line -> line.startsWith("VmRSS:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                                .sum();
                    } catch (IOException e) {
                        return 0;
                    }
                })
                .sum();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
