package dev.sallyport.e2e.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A pod that keeps requests going, on kept connections, and counts. It sends nothing twice but a request on a kept connection that
 * ended without a byte of an answer, and counts that.
 */
public final class Load {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final World world;
    private final String namespace;
    private final String name;

    /**
     * What was done so far.
     *
     * @param requests that were answered with 200
     * @param failed all others
     * @param resent because a kept connection had ended before the answer began
     * @param announced connections whose end the other side announced
     * @param servers how many answered
     * @param failures what failed, a line each
     */
    public record Report(
            int requests,
            int failed,
            int resent,
            int connections,
            int announced,
            int slowestMillis,
            int servers,
            List<String> failures) {}

    private Load(World world, String namespace, String name) {
        this.world = world;
        this.namespace = namespace;
        this.name = name;
    }

    /** Starts one, and waits for its first answers. */
    static Load start(World world, String namespace, String name, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("/echo", "load"));
        command.addAll(arguments);
        world.kubectl().apply(world.client(namespace, name, command, "[]", "")).output();
        var load = new Load(world, namespace, name);
        Until.holds(LIMIT, () -> {
            Report report = load.report();
            if (report.requests() == 0 || report.failed() > 0) {
                throw new AssertionError("no good start: " + report);
            }
        });
        return load;
    }

    /** What it did until now; needs the API server. */
    public Report report() {
        String log = world.kubectl().run("logs", "-n", namespace, name);
        List<String> lines = log.lines().toList();
        String last = lines.reversed().stream()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has reported nothing yet: " + log));
        JsonNode report = Kubectl.parse(last);
        return new Report(
                report.path("requests").asInt(),
                report.path("failed").asInt(),
                report.path("resent").asInt(),
                report.path("connections").asInt(),
                report.path("announced").asInt(),
                report.path("slowestMs").asInt(),
                report.path("pods").size(),
                lines.stream().filter(line -> line.startsWith("failed:")).toList());
    }

    /** Waits until as many requests more were answered. */
    public void goOn(int requests) {
        int from = report().requests();
        Until.holds(LIMIT, () -> {
            Report report = report();
            if (report.requests() < from + requests) {
                throw new AssertionError("no " + requests + " more: " + report);
            }
        });
    }

    /** Ends it; all that it did. */
    public Report end() {
        Supplier<String> phase =
                () -> world.kubectl().run("get", "pod", "-n", namespace, name, "-o", "jsonpath={.status.phase}");
        Until.holds(LIMIT, () -> {
            if (phase.get().equals("Running")) {
                // However that ends: the pod's end may take the command along before it has told.
                world.kubectl().attempt("exec", "-n", namespace, name, "--", "/echo", "stop");
                throw new AssertionError(name + " still runs");
            }
        });
        Report report = report();
        world.kubectl().run("delete", "pod", "-n", namespace, name, "--wait=false");
        return report;
    }
}
