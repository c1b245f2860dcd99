package dev.sallyport.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxySpec;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.api.v1alpha1.forward.Mode;
import dev.sallyport.api.v1alpha1.reverse.HeaderMatchType;
import dev.sallyport.api.v1alpha1.reverse.ListenerProtocol;
import dev.sallyport.api.v1alpha1.reverse.PathMatchType;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a real API server says to objects, good and bad, under the committed definitions. */
class ApiServerTest {
    private static final Path CORPUS = Path.of("src/test/corpus");
    private static final String NAMESPACE = "default";

    private static ApiServer server;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws IOException {
        server = ApiServer.start();
        client = server.client();
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> invalidObjectsAreRefusedWithPathAndMessage() throws IOException {
        return corpus("invalid-")
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    String yaml = Files.readString(file);
                    String path = header(yaml, "path");
                    String message = header(yaml, "message");
                    KubernetesClientException refusal =
                            catchThrowableOfType(KubernetesClientException.class, () -> create(yaml));
                    assertThat(refusal).as("%s was accepted", file).isNotNull();
                    if (message.equals("unknown field")) {
                        assertThat(refusal.getStatus().getMessage())
                                .contains("strict decoding error: unknown field \"" + path + "\"");
                        return;
                    }
                    List<StatusCause> causes = refusal.getStatus().getDetails().getCauses();
                    assertThat(causes).as("%s", refusal.getMessage()).anySatisfy(cause -> {
                        assertThat(cause.getField()).isEqualTo(path.isEmpty() ? "<nil>" : path);
                        assertThat(cause.getMessage()).contains(message);
                    });
                    assertThat(causes)
                            .as("one mistake is one message, but for the scale subresource's own of spec.replicas")
                            .filteredOn(cause -> !cause.getMessage().contains("some validation rules were not checked")
                                    && !cause.getField().startsWith("."))
                            .hasSize(1);
                }));
    }

    @TestFactory
    Stream<DynamicTest> validObjectsAreAcceptedAndLoseNothingInTheTypes() throws IOException {
        return corpus("valid-")
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    GenericKubernetesResource accepted = create(Files.readString(file));
                    Class<?> type = accepted.getKind().equals("ForwardProxy") ? ForwardProxy.class : ReverseProxy.class;
                    JsonNode stored = Serialization.jsonMapper().valueToTree(accepted);
                    JsonNode typed = Serialization.jsonMapper()
                            .valueToTree(Serialization.jsonMapper().treeToValue(stored, type));
                    assertThat(texts(typed.get("spec"))).isEqualTo(texts(stored.get("spec")));
                }));
    }

    @Test
    void theServerFillsInTheConstantsOfTheApi() throws IOException {
        ForwardProxySpec forward =
                spec("valid-forward-empty.yaml", ForwardProxy.class).getSpec();
        assertThat(forward.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(forward.replicas()).isEqualTo(2);
        assertThat(forward.allow()).isNull();
        ReverseProxySpec reverse =
                spec("valid-reverse-whole.yaml", ReverseProxy.class).getSpec();
        assertThat(reverse.replicas()).isZero();
        assertThat(reverse.listeners().get(1).protocol()).isEqualTo(ListenerProtocol.HTTP);
        assertThat(reverse.rules().getFirst().matches().get(1).path().type()).isEqualTo(PathMatchType.PATH_PREFIX);
        assertThat(reverse.rules()
                        .getFirst()
                        .matches()
                        .getFirst()
                        .headers()
                        .getFirst()
                        .type())
                .isEqualTo(HeaderMatchType.EXACT);
        assertThat(reverse.rules().get(1).backendRefs().getFirst().weight()).isEqualTo(1);
    }

    @Test
    void theDefinitionsAreStructural() {
        List<CustomResourceDefinition> definitions =
                client.apiextensions().v1().customResourceDefinitions().list().getItems();
        assertThat(definitions)
                .hasSize(2)
                .allSatisfy(crd -> assertThat(crd.getStatus().getConditions())
                        .noneMatch(condition -> condition.getType().equals("NonStructuralSchema")
                                && condition.getStatus().equals("True"))
                        .anyMatch(condition -> condition.getType().equals("NamesAccepted")
                                && condition.getStatus().equals("True")));
    }

    @Test
    void aForwardProxyMayHaveAThousandRulesAndAThousandShortOnes() {
        List<String> lines = new ArrayList<>();
        lines.add("spec:");
        lines.add("  allow:");
        IntStream.range(0, 1000)
                .forEach(i -> lines.add("  - \"*.a-rather-long-name-for-a-host-" + i + ".example.com:8443\""));
        lines.add("  rules:");
        IntStream.range(0, 1000)
                .forEach(i -> lines.add("  - {name: " + "rule-".repeat(11) + i + ", deny: {hosts: [a" + i
                        + ".example.org, \"*.b" + i + ".example.org:8443\"], methods: [GET]}}"));
        assertThatCode(() -> create(forward("large", lines))).doesNotThrowAnyException();
        lines.add("  - {deny: {hosts: [one.too.many]}}");
        assertThat(catchThrowableOfType(KubernetesClientException.class, () -> create(forward("large", lines)))
                        .getMessage())
                .contains("spec.rules", "must have at most 1000 items");
    }

    @Test
    void aReverseProxyMayHaveAThousandRulesWithSixteenThousandMatches() {
        List<String> lines = new ArrayList<>();
        lines.add("spec:");
        lines.add("  listeners:");
        IntStream.range(0, 16).forEach(i -> lines.add("  - {name: listener-" + i + ", port: " + (8000 + i) + "}"));
        lines.add("  rules:");
        for (int i = 0; i < 1000; i++) {
            lines.add("  - listener: listener-15");
            lines.add("    timeouts: {request: 10s, backendRequest: 3s}");
            lines.add("    backendRefs: [{name: shop, port: 80}, {name: shop-next, port: 80, weight: 5}]");
            lines.add("    matches:");
            for (int j = 0; j < 16; j++) {
                lines.add("    - {path: {value: /a" + i + "/" + j + "}, headers: [{name: x-v, value: \"2\"}]}");
            }
        }
        assertThatCode(() -> create(reverse("large", lines))).doesNotThrowAnyException();
    }

    @Test
    void aHundredNamesAreComparedWithinTheServersBudget() {
        List<String> lines = new ArrayList<>();
        lines.add("spec:");
        lines.add("  rules:");
        IntStream.range(0, 99)
                .forEach(i -> lines.add(
                        "  - {name: " + "r".repeat(60) + "%03d".formatted(i) + ", deny: {hosts: [a.example]}}"));
        String last = "  - {name: " + "r".repeat(60) + "099, deny: {hosts: [a.example]}}";
        lines.add(last);
        assertThatCode(() -> create(forward("names", lines))).doesNotThrowAnyException();
        lines.removeFirst();
        lines.removeFirst();
        lines.set(0, last);
        lines.addAll(0, List.of("spec:", "  rules:"));
        assertThat(catchThrowableOfType(KubernetesClientException.class, () -> create(forward("names", lines)))
                        .getMessage())
                .contains("two rules have the same name");
    }

    @Test
    void scaleReadsAndSetsReplicas() {
        String yaml = forward("scaled", List.of("spec: {allow: [example.com]}"));
        ForwardProxy created = client.resource(Serialization.unmarshal(yaml, ForwardProxy.class))
                .inNamespace(NAMESPACE)
                .create();
        ForwardProxy reported = new ForwardProxy();
        reported.setMetadata(created.getMetadata());
        reported.setStatus(new ForwardProxyStatus(
                created.getMetadata().getGeneration(),
                List.of(new ConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("Ready")
                        .withMessage("")
                        .withLastTransitionTime("2026-01-01T00:00:00Z")
                        .build()),
                new Relays(2, 2),
                null,
                "app.kubernetes.io/instance=scaled",
                2,
                null));
        client.resource(reported).inNamespace(NAMESPACE).updateStatus();

        var scale = client.resources(ForwardProxy.class)
                .inNamespace(NAMESPACE)
                .withName("scaled")
                .scale();
        assertThat(scale.getSpec().getReplicas()).isEqualTo(2);
        assertThat(scale.getStatus().getReplicas()).isEqualTo(2);
        assertThat(scale.getStatus().getSelector()).isEqualTo("app.kubernetes.io/instance=scaled");
        client.resources(ForwardProxy.class)
                .inNamespace(NAMESPACE)
                .withName("scaled")
                .scale(5);
        ForwardProxy scaled = client.resources(ForwardProxy.class)
                .inNamespace(NAMESPACE)
                .withName("scaled")
                .get();
        assertThat(scaled.getSpec().replicas()).isEqualTo(5);
        assertThat(scaled.getStatus().relays()).isEqualTo(new Relays(2, 2));
    }

    @Test
    void ownersMergeEntriesOfSetsAndMaps() {
        apply(
                "alice",
                reverse(
                        "merged",
                        List.of(
                                "spec: {hostnames: [a.example], listeners: [{name: a, port: 80}], backendRefs: [{name: shop, port: 80}]}")));
        apply("bob", reverse("merged", List.of("spec: {hostnames: [b.example], listeners: [{name: b, port: 81}]}")));
        ReverseProxySpec spec = client.resources(ReverseProxy.class)
                .inNamespace(NAMESPACE)
                .withName("merged")
                .get()
                .getSpec();
        assertThat(spec.hostnames()).containsExactlyInAnyOrder("a.example", "b.example");
        assertThat(spec.listeners()).extracting("name").containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void kubectlGetShowsWhatMattersFirst() throws Exception {
        create(forward("listed", List.of("spec: {mode: Report}")));
        assertThat(columns("forwardproxies")).containsExactly("Name", "Mode", "Rules", "Ready", "Reason", "Age");
        assertThat(columns("reverseproxies"))
                .containsExactly("Name", "Hostnames", "Address", "Rules", "Ready", "Reason", "Age");
    }

    @Test
    void theKindsHaveShortNamesAndACategory() {
        assertThat(client.getApiResources("sallyport.dev/v1alpha1").getResources())
                .filteredOn(resource -> !resource.getName().contains("/"))
                .extracting("kind", "singularName", "shortNames", "categories", "namespaced")
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(
                                "ForwardProxy", "forwardproxy", List.of("fp"), List.of("sallyport"), true),
                        org.assertj.core.groups.Tuple.tuple(
                                "ReverseProxy", "reverseproxy", List.of("rp"), List.of("sallyport"), true));
    }

    private static List<String> columns(String plural) throws Exception {
        HttpResponse<String> response = client.getHttpClient()
                .sendAsync(
                        client.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(client.getMasterUrl() + "apis/sallyport.dev/v1alpha1/namespaces/" + NAMESPACE + "/"
                                        + plural)
                                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                                .build(),
                        String.class)
                .get(30, TimeUnit.SECONDS);
        List<String> names = new ArrayList<>();
        new ObjectMapper()
                .readTree(response.body())
                .get("columnDefinitions")
                .forEach(column -> names.add(column.get("name").asText()));
        return names;
    }

    private static <T> T spec(String file, Class<T> type) throws IOException {
        return Serialization.jsonMapper().convertValue(create(Files.readString(CORPUS.resolve(file))), type);
    }

    private static GenericKubernetesResource create(String yaml) {
        return client.resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .inNamespace(NAMESPACE)
                .dryRun()
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .create();
    }

    private static void apply(String owner, String yaml) {
        client.resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
                .inNamespace(NAMESPACE)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(owner)
                        .build());
    }

    /** The tree with its numbers as texts, as a quantity may be either. */
    private static Object texts(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> fields = new TreeMap<>();
            node.fields().forEachRemaining(field -> fields.put(field.getKey(), texts(field.getValue())));
            return fields;
        }
        if (node.isArray()) {
            List<Object> entries = new ArrayList<>();
            node.forEach(entry -> entries.add(texts(entry)));
            return entries;
        }
        return node.asText();
    }

    private static String forward(String name, List<String> lines) {
        return head("ForwardProxy", name) + String.join("\n", lines);
    }

    private static String reverse(String name, List<String> lines) {
        return head("ReverseProxy", name) + String.join("\n", lines);
    }

    private static String head(String kind, String name) {
        return """
                apiVersion: sallyport.dev/v1alpha1
                kind: %s
                metadata: {name: %s}
                """.formatted(kind, name);
    }

    private static String header(String yaml, String name) {
        return yaml.lines()
                .filter(line -> line.startsWith("# " + name + ":"))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 3)
                .strip();
    }

    private static Stream<Path> corpus(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            return found.stream();
        }
    }
}
