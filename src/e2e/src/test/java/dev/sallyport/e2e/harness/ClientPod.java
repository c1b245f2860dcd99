package dev.sallyport.e2e.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A pod with curl in it, and {@code /ca/ca.pem} if there is an internet. */
public final class ClientPod {
    private final World world;
    private final String namespace;
    private final String name;

    private ClientPod(World world, String namespace, String name) {
        this.world = world;
        this.namespace = namespace;
        this.name = name;
    }

    /** @param settings the ConfigMap that it has its environment from; empty for none */
    static ClientPod start(World world, String namespace, String name, String settings) {
        ClientPod pod = make(world, namespace, name, settings, "");
        pod.ready();
        return pod;
    }

    /** One that may have to wait for something. */
    static ClientPod make(World world, String namespace, String name, String settings, String annotations) {
        world.kubectl()
                .apply(world.client(
                        namespace,
                        name,
                        List.of("/echo", "wait"),
                        settings.isEmpty() ? "[]" : "[{configMapRef: {name: " + settings + "}}]",
                        annotations))
                .output();
        return new ClientPod(world, namespace, name);
    }

    /** Waits until it is. */
    public void ready() {
        world.kubectl().await(Duration.ofMinutes(1), "condition=Ready", namespace, "pod/" + name);
    }

    /** What curl gets; the last argument is the URL. Without a connection in 3 seconds, or an answer in 20, it exits with 28. */
    public Answer curl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "exec", "-n", namespace, name, "--", "curl", "-sSi", "--connect-timeout", "3", "--max-time", "20"));
        command.addAll(List.of(arguments));
        return Answer.of(world.kubectl().attempt(command.toArray(String[]::new)));
    }

    public String address() {
        return world.kubectl().run("get", "pod", "-n", namespace, name, "-o", "jsonpath={.status.podIP}");
    }
}
