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
import java.util.stream.Stream;

/** A process that is measured or that serves what is measured, pinned to a core. */
final class Proxy implements AutoCloseable {
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

    /** The CPU time of all its threads and children until now, in nanoseconds. */
    long cpuNanos() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(handle -> cpuNanos(handle.pid()))
                .sum();
    }

    /** From the scheduler, which counts in nanoseconds; threads that have ended are in the process' ticks alone and hardly count. */
    private static long cpuNanos(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
            return threads.mapToLong(thread -> {
                        try {
                            return Long.parseLong(Files.readString(thread.resolve("schedstat"))
                                    .split(" ")[0]);
                        } catch (IOException e) {
                            return 0; // has just ended
                        }
                    })
                    .sum();
        } catch (IOException e) {
            return 0;
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
