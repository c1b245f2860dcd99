package dev.sallyport.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A relay in a process of its own. */
final class RelayProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final Thread outReader;
    private final Thread errReader;
    private final HttpClient client = HttpClient.newHttpClient();

    RelayProcess(String... arguments) throws IOException {
        this(Map.of(), arguments);
    }

    RelayProcess(Map<String, String> environment, String... arguments) throws IOException {
        this(List.of(), environment, arguments);
    }

    private RelayProcess(List<String> wrapper, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sallyport.relay.Relay"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        process = builder.start();
        outReader = Thread.ofVirtual().start(() -> copy(process.getInputStream(), out));
        errReader = Thread.ofVirtual().start(() -> copy(process.getErrorStream(), err));
    }

    /** One that reads {@code config} and has its admin port on a free port of 127.0.0.1. */
    static RelayProcess on(Path config) throws IOException {
        return new RelayProcess("--config", config.toString(), "--admin", "127.0.0.1:0");
    }

    /** The same with at most as many open files. */
    static RelayProcess on(Path config, int descriptors) throws IOException {
        return new RelayProcess(
                List.of("bash", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "bash"),
                Map.of(),
                "--config",
                config.toString(),
                "--admin",
                "127.0.0.1:0");
    }

    private static void copy(InputStream in, List<String> to) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines().forEach(to::add);
        } catch (IOException | java.io.UncheckedIOException e) {
            to.add("not read: " + e);
        }
    }

    /** The lines of the access log up to now. */
    List<JsonNode> accessLog() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    /** What it wrote to standard error. */
    String said() {
        return String.join("\n", err);
    }

    /** Waits for an event and returns the latest one of that name. */
    JsonNode event(String name) {
        return event(name, 1);
    }

    /** Waits until an event came {@code count} times, and returns the latest. */
    JsonNode event(String name, int count) {
        List<JsonNode> found = new ArrayList<>();
        Await.until("event " + name + " in " + err, () -> {
            found.clear();
            for (String line : err) {
                JsonNode event = JSON.readTree(line);
                if (event.path("event").asText().equals(name)) {
                    found.add(event);
                }
            }
            return found.size() >= count || !process.isAlive();
        });
        assertThat(found).as("events %s in %s", name, err).hasSizeGreaterThanOrEqualTo(count);
        return found.getLast();
    }

    /** Asks the admin port. */
    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return get("http://" + event("started").get("admin").asText() + path);
    }

    /** Asks the listener {@code name} of the latest {@code event} for {@code path}. */
    HttpResponse<String> listener(JsonNode event, String name, String path) throws IOException, InterruptedException {
        return get("http://" + event.get("listeners").get(name).asText() + path);
    }

    private HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Sends SIGTERM, and goes on listening. */
    void terminate() {
        process.toHandle().destroy();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end and returns its status. */
    int exit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end: " + err);
        }
        outReader.join();
        errReader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.destroyForcibly();
    }
}
