package dev.sallyport.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/** The relay pods of one proxy, asked through the API server. */
public final class Relays {
    private final Kubectl kubectl;
    private final String namespace;
    private final String proxy;
    private final int adminPort;

    private Relays(World world, String namespace, String proxy, int adminPort) {
        this.kubectl = world.kubectl();
        this.namespace = namespace;
        this.proxy = proxy;
        this.adminPort = adminPort;
    }

    /** @param proxy its name */
    public Relays(World world, String namespace, String proxy) {
        this(world, namespace, proxy, 15_090);
    }

    /** Those in the pods of applications, asked by the names of the pods. */
    public static Relays beside(World world, String namespace) {
        return new Relays(world, namespace, "", 15_790);
    }

    /** All that are not ending. */
    public List<JsonNode> pods() {
        return kubectl
                .list(
                        "pods",
                        "-n",
                        namespace,
                        "-l",
                        "app.kubernetes.io/name=sallyport-relay,app.kubernetes.io/instance=" + proxy)
                .stream()
                .filter(pod -> pod.at("/metadata/deletionTimestamp").isMissingNode())
                .toList();
    }

    public List<String> names() {
        return pods().stream().map(pod -> pod.at("/metadata/name").asText()).toList();
    }

    /** How often the containers were started again. */
    public int restarts() {
        return pods().stream()
                .mapToInt(pod ->
                        pod.at("/status/containerStatuses/0/restartCount").asInt())
                .sum();
    }

    /** What a relay says that it serves. */
    public JsonNode config(String pod) {
        return Kubectl.parse(admin(pod, "config"));
    }

    /** A sample without labels of a relay's metrics. */
    public double metric(String pod, String name) {
        return admin(pod, "metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(pod + " has no metric " + name));
    }

    private String admin(String pod, String page) {
        return kubectl.run(
                "get",
                "--raw",
                "/api/v1/namespaces/" + namespace + "/pods/" + pod + ":" + adminPort + "/proxy/" + page);
    }

    /** Waits until each of them serves this generation of the proxy. */
    public void serve(Duration limit, long generation) {
        List<String> names = names();
        assertThat(names).isNotEmpty();
        Until.holds(limit, () -> {
            for (String name : names) {
                JsonNode config = config(name);
                assertThat(config.path("generation").asLong())
                        .as(name + ": " + config)
                        .isEqualTo(generation);
                assertThat(config.has("error")).as(name + ": " + config).isFalse();
            }
        });
    }
}
