package dev.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The project's own cluster: what it can do that others cannot. */
public final class TestCluster {
    private static final Duration LIMIT = Duration.ofMinutes(15); // the first run on a machine compiles Kubernetes

    private final Path program;
    private final Path state;

    TestCluster(Path root) {
        this.program = root.resolve("src/testcluster/testcluster");
        this.state = root.resolve("src/e2e/target/cluster");
    }

    private String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return Run.of(LIMIT, Map.of("TESTCLUSTER_STATE", state.toString()), "", command)
                .output()
                .strip();
    }

    /** @return the path of its kubeconfig */
    Path up() {
        return Path.of(run("up", "--node").replaceFirst("(?s).*KUBECONFIG=", ""));
    }

    void down() {
        run("down");
    }

    /** @return the path of a kubectl of its version */
    Path kubectl() {
        Path tools = Path.of(run("envtest")).resolve("k8s");
        try (var versions = Files.list(tools)) {
            return versions.findFirst().orElseThrow().resolve("kubectl");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void load(List<Path> archives) {
        List<String> command = new ArrayList<>(List.of("load"));
        archives.forEach(archive -> command.add(archive.toString()));
        run(command.toArray(String[]::new));
    }

    /** Gives addresses to a name in the cluster's DNS; none make the name unknown. */
    public void name(String name, String... addresses) {
        List<String> command = new ArrayList<>(List.of("dns", name));
        command.addAll(List.of(addresses));
        run(command.toArray(String[]::new));
    }

    public void stop(String component) {
        run("stop", component);
    }

    public void start(String component) {
        run("start", component);
    }

    /** The network namespace that owns 203.0.113.0/24. */
    String internet() {
        return run("status")
                .lines()
                .filter(line -> line.startsWith("internet namespace"))
                .map(line -> line.substring("internet namespace".length()).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("testcluster status names no internet namespace"));
    }
}
