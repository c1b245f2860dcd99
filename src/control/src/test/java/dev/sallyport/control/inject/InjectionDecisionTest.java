package dev.sallyport.control.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.control.Golden;
import dev.sallyport.control.Objects;
import dev.sallyport.control.inject.InjectionDecision.Inject;
import dev.sallyport.control.inject.InjectionDecision.Refuse;
import dev.sallyport.control.inject.InjectionDecision.Skip;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every {@code NAME.yaml} of {@code src/test/injection} holds a pod, and the namespace where that says something; {@code NAME.out.yaml} is
 * what becomes of it. {@code -Dgolden.rewrite=true} writes the latter anew.
 */
class InjectionDecisionTest {
    private static final Path PODS = Path.of("src/test/injection");
    private static final ObjectMapper JSON = Serialization.jsonMapper();

    @TestFactory
    Stream<DynamicTest> pods() throws IOException {
        try (var files = Files.list(PODS)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".out.yaml"))
                    .sorted()
                    .toList()
                    .stream()
                    .map(name -> name.replace(".yaml", ""))
                    .map(name -> dynamicTest(name, () -> check(name)));
        }
    }

    @TestFactory
    Stream<DynamicTest> noResultIsUnused() throws IOException {
        try (var files = Files.list(PODS)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".out.yaml"))
                    .toList()
                    .stream()
                    .map(name -> dynamicTest(
                            name,
                            () -> assertThat(PODS.resolve(name.replace(".out.yaml", ".yaml")))
                                    .exists()));
        }
    }

    private static void check(String name) throws IOException {
        List<HasMetadata> given = Objects.all(Files.readString(PODS.resolve(name + ".yaml")));
        String namespace = given.stream()
                .filter(Namespace.class::isInstance)
                .map(object -> object.getMetadata().getLabels().get(OptIn.LABEL))
                .findFirst()
                .orElse(null);
        Pod pod = (Pod) given.getLast();
        JsonNode before = JSON.valueToTree(pod);

        InjectionDecision decision = InjectionDecision.of(pod, namespace, Objects.PODS);
        assertThat(JSON.<JsonNode>valueToTree(pod)).isEqualTo(before);
        Golden.compare(PODS.resolve(name + ".out.yaml"), Objects.YAML.asYaml(told(decision)));

        JsonNode after = applied(patch(decision), before);
        assertKept(before, after, "");
        assertThat(InjectionDecision.of(JSON.treeToValue(after, Pod.class), namespace, Objects.PODS))
                .as("called again")
                .isEqualTo(
                        switch (decision) {
                            case Inject inject -> new Inject(List.of(), inject.warnings());
                            case Skip skip -> new Skip(skip.reason(), List.of());
                            case Refuse refuse -> refuse;
                        });
    }

    private static Map<String, Object> told(InjectionDecision decision) {
        Map<String, Object> told = new LinkedHashMap<>();
        switch (decision) {
            case Inject inject -> {
                told.put("inject", inject.patch());
                if (!inject.warnings().isEmpty()) {
                    told.put("warn", inject.warnings());
                }
            }
            case Skip skip -> {
                told.put("skip", skip.reason());
                told.put("patch", skip.patch());
            }
            case Refuse refuse -> told.put("refuse", refuse.message());
        }
        return told;
    }

    private static JsonNode patch(InjectionDecision decision) {
        return JSON.valueToTree(
                switch (decision) {
                    case Inject inject -> inject.patch();
                    case Skip skip -> skip.patch();
                    case Refuse refuse -> List.of();
                });
    }

    /** RFC 6902, section 4.1. */
    private static JsonNode applied(JsonNode patch, JsonNode before) {
        JsonNode after = before.deepCopy();
        for (JsonNode operation : patch) {
            assertThat(operation.path("op").asText()).isEqualTo("add");
            JsonPointer path = JsonPointer.compile(operation.path("path").asText());
            String last = path.last().getMatchingProperty();
            switch (after.at(path.head())) {
                case ObjectNode object -> object.set(last, operation.path("value"));
                case ArrayNode list when last.equals("-") -> list.add(operation.path("value"));
                case ArrayNode list -> list.insert(Integer.parseInt(last), operation.path("value"));
                default -> throw new AssertionError("there is nothing to add to at " + path);
            }
        }
        return after;
    }

    /** Whatever was there is there still, in the same order. */
    private static void assertKept(JsonNode before, JsonNode after, String path) {
        if (path.endsWith("Probe")
                && after.path("httpGet").path("path").asText().startsWith("/probes/")) {
            assertThat(before.path("periodSeconds")).isEqualTo(after.path("periodSeconds"));
        } else if (path.endsWith("/sallyport.dev/status")) {
            assertThat(after.isTextual()).isTrue();
        } else if (before.isObject()) {
            before.fieldNames().forEachRemaining(name -> {
                assertThat(after.has(name)).as(path + "/" + name).isTrue();
                assertKept(before.get(name), after.get(name), path + "/" + name);
            });
        } else if (before instanceof ArrayNode list) {
            int shift = path.equals("/spec/initContainers") ? after.size() - list.size() : 0;
            for (int i = 0; i < list.size(); i++) {
                assertKept(list.get(i), after.get(i + shift), path + "/" + i);
            }
        } else {
            assertThat(after).as(path).isEqualTo(before);
        }
    }
}
