package dev.sallyport.e2e.bench;

import dev.sallyport.e2e.bench.Row.Done;
import dev.sallyport.e2e.bench.Row.Load;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The loads, all of which run on one core of their own. */
final class Loads {
    private static final String CORE = "1";
    private static final Pattern LATENCY = Pattern.compile("(50|99)%\\s+([0-9.]+)(us|ms|s)");
    private static final Pattern REQUESTS = Pattern.compile("([0-9]+) requests in");
    private static final Pattern BAD = Pattern.compile("Non-2xx or 3xx responses: ([0-9]+)|"
            + "Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+), timeout ([0-9]+)");
    private static final Pattern H2 =
            Pattern.compile("requests: ([0-9]+) total, [0-9]+ started, ([0-9]+) done, ([0-9]+) succeeded");

    private final Path folder;
    private final Duration time;

    Loads(Path folder, Duration time) {
        this.folder = folder;
        this.time = time;
    }

    /** What a proxy takes that nobody asks for anything. */
    Load none() {
        return port -> {
            Thread.sleep(time);
            return new Done(time.toMillis() / 1e3, 0, 0, 0);
        };
    }

    /** Requests on kept connections. */
    Load requests(String scheme, int connections, String path) {
        return port -> wrk(List.of("-c", String.valueOf(connections), scheme + "://127.0.0.1:" + port + path));
    }

    /** Requests each of which has a connection of its own. */
    Load connections(int parallel, String path) {
        return port -> wrk(
                List.of("-c", String.valueOf(parallel), "-H", "Connection: close", "http://127.0.0.1:" + port + path));
    }

    /** Requests to a proxy, which names the origin in each. */
    Load absolute(int connections, String url) throws IOException {
        Path script = Files.writeString(
                folder.resolve("absolute.lua"),
                "request = function() return \"GET " + url + " HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n\" end\n");
        return port -> wrk(
                List.of("-c", String.valueOf(connections), "-s", script.toString(), "http://127.0.0.1:" + port + "/"));
    }

    private Done wrk(List<String> more) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("taskset", "-c", CORE, "wrk", "-t", "1", "--latency", "-d", seconds()));
        command.addAll(more);
        String out = run(command);
        double p50 = 0;
        double p99 = 0;
        for (Matcher latency = LATENCY.matcher(out); latency.find(); ) {
            double micros = Double.parseDouble(latency.group(2))
                    * switch (latency.group(3)) {
                        case "us" -> 1;
                        case "ms" -> 1_000;
                        default -> 1_000_000;
                    };
            if (latency.group(1).equals("50")) {
                p50 = micros;
            } else {
                p99 = micros;
            }
        }
        long bad = 0;
        for (Matcher found = BAD.matcher(out); found.find(); ) {
            for (int group = 1; group <= found.groupCount(); group++) {
                bad += found.group(group) == null ? 0 : Long.parseLong(found.group(group));
            }
        }
        return new Done(number(REQUESTS, out), bad, p50, p99);
    }

    /** Requests over HTTP/2, 16 streams on each of 16 connections. */
    Load streams(String scheme, String path) {
        return port -> {
            String out = run(List.of(
                    "taskset",
                    "-c",
                    CORE,
                    "h2load",
                    "-t",
                    "1",
                    "-c",
                    "16",
                    "-m",
                    "16",
                    "-D",
                    seconds(),
                    scheme + "://127.0.0.1:" + port + path));
            Matcher requests = H2.matcher(out);
            if (!requests.find()) {
                throw new IOException(out);
            }
            long done = Long.parseLong(requests.group(2));
            return new Done(done, done - Long.parseLong(requests.group(3)), 0, 0);
        };
    }

    /** Tunnels: each is asked for, carries one small request, and is closed. */
    Load tunnels(String authority) {
        return port -> {
            AtomicLong opened = new AtomicLong();
            AtomicLong failed = new AtomicLong();
            long end = System.nanoTime() + time.toNanos();
            List<Thread> clients = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    while (System.nanoTime() < end) {
                        (tunnel(port, authority) ? opened : failed).incrementAndGet();
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            return new Done(opened.get(), failed.get(), 0, 0);
        };
    }

    private static boolean tunnel(int port, String authority) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            out.write(("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[4096];
            int length = in.read(answer);
            if (length < 12 || answer[9] != '2') {
                return false;
            }
            out.write("GET /100 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            length = in.read(answer);
            return length > 12 && answer[9] == '2';
        } catch (IOException e) {
            return false;
        }
    }

    /** Bytes through a tunnel, in gibibytes. */
    Load bulk(String origin, boolean connect) {
        return port -> {
            List<String> command = new ArrayList<>(List.of("taskset", "-c", CORE, "curl", "-s", "-o", "/dev/null"));
            if (connect) {
                command.addAll(List.of("--proxytunnel", "--proxy", "http://127.0.0.1:" + port, origin));
            } else {
                command.add("http://127.0.0.1:" + port + "/bulk");
            }
            command.addAll(List.of("-w", "%{size_download}"));
            return new Done(Double.parseDouble(run(command).strip()) / (1L << 30), 0, 0, 0);
        };
    }

    private String seconds() {
        return String.valueOf(Math.max(1, time.toSeconds()));
    }

    private static double number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException(text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + out);
        }
        return out;
    }
}
