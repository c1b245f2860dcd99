package dev.sallyport.e2e.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The cluster, by kubectl. */
public final class Kubectl {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final String program;
    private final Path kubeconfig;

    Kubectl(String program, Path kubeconfig) {
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /** Runs it, however it ends. */
    public Run attempt(String... arguments) {
        return feed("", arguments);
    }

    private Run feed(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return Run.of(LIMIT, Map.of("KUBECONFIG", kubeconfig.toString()), input, command);
    }

    /** Runs what a person types into a shell, in this folder, until a command fails. */
    Run shell(Path folder, String script) {
        Path home = Path.of(program).getParent();
        String path = System.getenv("PATH");
        return Run.of(
                LIMIT,
                Map.of("KUBECONFIG", kubeconfig.toString(), "PATH", home == null ? path : home + ":" + path),
                "",
                List.of("bash", "-euo", "pipefail", "-c", "cd \"$0\"; " + script, folder.toString()));
    }

    /** Its output; it must succeed. */
    public String run(String... arguments) {
        return attempt(arguments).output();
    }

    /** Applies objects as a person does, from standard input. */
    public Run apply(String objects) {
        return feed(objects, "apply", "-f", "-");
    }

    /** What {@code kubectl get ARGUMENTS -o json} prints. */
    public JsonNode get(String... arguments) {
        List<String> command = new ArrayList<>(List.of("get"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-o", "json"));
        return parse(run(command.toArray(String[]::new)));
    }

    /** The items that {@code kubectl get ARGUMENTS} lists. */
    public List<JsonNode> list(String... arguments) {
        return StreamSupport.stream(get(arguments).path("items").spliterator(), false)
                .toList();
    }

    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    /** Waits for a condition such as {@code condition=Ready} or {@code delete}. */
    public void await(Duration limit, String condition, String namespace, String... objects) {
        List<String> command = new ArrayList<>(
                List.of("wait", "--for=" + condition, "--timeout=" + limit.toSeconds() + "s", "-n", namespace));
        command.addAll(List.of(objects));
        run(command.toArray(String[]::new));
    }
}
