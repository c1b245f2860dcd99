package dev.sallyport.e2e.bench;

import dev.sallyport.e2e.bench.Row.Done;
import dev.sallyport.e2e.bench.Row.Result;
import dev.sallyport.e2e.bench.Row.Subject;
import dev.sallyport.e2e.bench.Row.Taken;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Runs all rows and writes what came of them. {@code bench ROOT [ROUNDS [SECONDS [ROW]]]}. */
public final class Bench {
    private static final int PROXY_CORE = 0;
    private static final int LOAD_CORE = 1;
    private static final int MOST_WARMING = 8;

    private final Map<String, Proxy> proxies = new LinkedHashMap<>();

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]).toRealPath();
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        Duration time = Duration.ofSeconds(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4);
        String only = arguments.length > 3 ? arguments[3] : "";
        Path folder = Files.createTempDirectory("bench");
        try {
            List<Result> results = new Bench().run(root, folder, rounds, time, only);
            Report report = new Report(rounds, time, results);
            System.out.println(report.table());
            if (only.isEmpty()) {
                report.write(root.resolve("docs"));
            }
        } finally {
            try (var files = Files.walk(folder)) {
                files.sorted(Collections.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private List<Result> run(Path root, Path folder, int rounds, Duration time, String only) throws Exception {
        certificate(folder);
        var settings = new Settings(folder, root, ports());
        var ports = settings.ports();
        try {
            start(folder, "origin", LOAD_CORE, List.of(ports.origin()), settings.origin());
            start(
                    folder,
                    "relay",
                    PROXY_CORE,
                    List.of(ports.relay(), ports.relayTls(), ports.relayTcp()),
                    settings.relay());
            start(folder, "sidecar", PROXY_CORE, List.of(ports.sidecar()), settings.sidecar());
            start(
                    folder,
                    "nginx",
                    PROXY_CORE,
                    List.of(ports.nginx(), ports.nginxTls(), ports.nginxTcp()),
                    settings.nginx());
            start(folder, "haproxy", PROXY_CORE, List.of(ports.haproxy(), ports.haproxyTls()), settings.haproxy());
            start(folder, "squid", PROXY_CORE, List.of(ports.squid()), settings.squid());
            start(folder, "tinyproxy", PROXY_CORE, List.of(ports.tinyproxy()), settings.tinyproxy());
            List<Result> results = new ArrayList<>();
            for (Row row : rows(new Loads(folder, time), ports)) {
                if (row.name().contains(only)) {
                    results.addAll(measure(row, rounds));
                }
            }
            return results;
        } finally {
            proxies.values().forEach(Proxy::close);
        }
    }

    private void start(Path folder, String name, int core, List<Integer> ports, List<String> command) {
        proxies.put(name, Proxy.start(name, core, folder.resolve(name + ".log"), ports, command));
    }

    private static List<Row> rows(Loads loads, Settings.Ports ports) throws IOException {
        List<Subject> plain = List.of(
                Subject.ours("relay", ports.relay()),
                Subject.peer("nginx", ports.nginx()),
                Subject.peer("haproxy", ports.haproxy()));
        List<Subject> tls = List.of(
                Subject.ours("relay", ports.relayTls()),
                Subject.peer("nginx", ports.nginxTls()),
                Subject.peer("haproxy", ports.haproxyTls()));
        List<Subject> forward = List.of(
                Subject.ours("relay", ports.relayForward()),
                Subject.peer("squid", ports.squid()),
                Subject.peer("tinyproxy", ports.tinyproxy()));
        List<Subject> tcp = List.of(
                Subject.ours("relay", ports.relayTcp()),
                Subject.peer("nginx", ports.nginxTcp()),
                Subject.peer("haproxy", ports.haproxyTcp()));
        String origin = "127.0.0.1:" + ports.origin();
        List<Subject> hops = List.of(
                Subject.ours("origin", ports.origin()),
                Subject.ours("relay", ports.relay()),
                Subject.ours("sidecar", ports.sidecar()),
                Subject.peer("nginx", ports.nginx()),
                Subject.peer("haproxy", ports.haproxy()));
        List<Subject> idle = List.of(
                Subject.ours("sidecar", ports.sidecar()),
                Subject.peer("nginx", ports.nginx()),
                Subject.peer("haproxy", ports.haproxy()));
        return List.of(
                new Row("Nothing at all", "second", loads.none(), idle),
                new Row("One client, 100 B", "request", loads.requests("http", 1, "/100"), hops),
                new Row("HTTP/1.1, 64 connections, 100 B", "request", loads.requests("http", 64, "/100"), plain),
                new Row("HTTP/1.1, 256 connections, 100 B", "request", loads.requests("http", 256, "/100"), plain),
                new Row("HTTP/1.1, 64 connections, 16 KiB", "request", loads.requests("http", 64, "/16k"), plain),
                new Row(
                        "HTTP/1.1 with TLS, 64 connections, 100 B",
                        "request",
                        loads.requests("https", 64, "/100"),
                        tls),
                new Row(
                        "HTTP/1.1 with TLS, 64 connections, 16 KiB",
                        "request",
                        loads.requests("https", 64, "/16k"),
                        tls),
                new Row(
                        "HTTP/2 with TLS, 16 connections, 16 streams, 100 B",
                        "request",
                        loads.streams("https", "/100"),
                        tls),
                new Row("A connection for each request, 100 B", "request", loads.connections(32, "/100"), plain),
                new Row(
                        "Forward, absolute form, 64 connections, 100 B",
                        "request",
                        loads.absolute(64, "http://" + origin + "/100"),
                        forward),
                new Row("CONNECT, a tunnel for each request", "tunnel", loads.tunnels(origin), forward),
                new Row("CONNECT, one large download", "GiB", loads.bulk("http://" + origin + "/bulk", true), forward),
                new Row("TCP, one large download", "GiB", loads.bulk("", false), tcp));
    }

    /** In each round all of them, in another order. */
    private List<Result> measure(Row row, int rounds) throws Exception {
        for (Subject subject : row.subjects()) {
            warm(row, subject);
        }
        Map<Subject, List<Taken>> taken = new LinkedHashMap<>();
        Random random = new Random(1);
        for (int round = 0; round < rounds; round++) {
            List<Subject> order = new ArrayList<>(row.subjects());
            Collections.shuffle(order, random);
            for (Subject subject : order) {
                taken.computeIfAbsent(subject, first -> new ArrayList<>()).add(take(row, subject));
            }
        }
        List<Result> results = new ArrayList<>();
        for (Subject subject : row.subjects()) {
            results.add(Result.of(
                    row,
                    subject,
                    taken.getOrDefault(subject, List.of()),
                    proxy(subject).residentKibibytes()));
        }
        System.err.println(row.name() + ": "
                + results.stream()
                        .map(result -> "%s %.1f".formatted(result.proxy(), result.cpuMicrosPerUnit()))
                        .toList());
        return results;
    }

    /** Until it no longer gets better: the relay's code is compiled while it runs. */
    private void warm(Row row, Subject subject) throws Exception {
        double before = Double.MAX_VALUE;
        for (int round = 0; round < MOST_WARMING; round++) {
            double now = take(row, subject).cpuMicrosPerUnit();
            if (now > before * 0.95) {
                return;
            }
            before = now;
        }
    }

    private Taken take(Row row, Subject subject) throws Exception {
        Proxy proxy = proxy(subject);
        double cpu = proxy.cpuSeconds();
        long start = System.nanoTime();
        Done done = row.load().on(subject.port());
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Taken((proxy.cpuSeconds() - cpu) * 1e6 / done.units(), done.units() / seconds, done);
    }

    private Proxy proxy(Subject subject) {
        return Objects.requireNonNull(proxies.get(subject.proxy()));
    }

    private static void certificate(Path folder) throws IOException, InterruptedException {
        Process made = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=127.0.0.1",
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        folder.resolve("tls.key").toString(),
                        "-out",
                        folder.resolve("tls.crt").toString())
                .redirectErrorStream(true)
                .start();
        String out = new String(made.getInputStream().readAllBytes());
        if (made.waitFor() != 0) {
            throw new IOException("openssl: " + out);
        }
    }

    private static Settings.Ports ports() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            ServerSocket socket = new ServerSocket(0);
            sockets.add(socket);
            free.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return new Settings.Ports(
                free.get(0),
                free.get(1),
                free.get(2),
                free.get(3),
                free.get(4),
                free.get(5),
                free.get(6),
                free.get(7),
                free.get(8),
                free.get(9),
                free.get(10),
                free.get(11),
                free.get(12),
                free.get(13),
                free.get(14),
                free.get(15),
                free.get(16));
    }
}
