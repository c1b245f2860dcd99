package dev.sallyport.control.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.References;
import dev.sallyport.control.input.Subject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RendererTest {
    private static final String WHOLE = """
            {clients: {from: [{namespaceSelector: {}}, {namespaceSelector: {matchLabels: {b: "1", a: "2"}}}]},
             infrastructure: {service: {annotations: {z/a: "1", b/c: "2"}}}}""";
    private static final String SHUFFLED = """
            {infrastructure: {service: {annotations: {b/c: "2", z/a: "1"}}},
             clients: {from: [{namespaceSelector: {}}, {namespaceSelector: {matchLabels: {a: "2", b: "1"}}}]}}""";

    @Test
    void writesNothingThatTheApiServerWouldDrop() {
        for (HasMetadata object : forward(WHOLE).objects()) {
            empties(object.getKind(), Objects.YAML.convertValue(object, JsonNode.class));
        }
        for (HasMetadata object :
                reverse("{backendRefs: [{name: a, port: 80}]}").objects()) {
            empties(object.getKind(), Objects.YAML.convertValue(object, JsonNode.class));
        }
    }

    @Test
    void doesNotDependOnTheOrderOfMaps() {
        assertThat(yaml(forward(SHUFFLED))).isEqualTo(yaml(forward(WHOLE)));
    }

    @Test
    void anotherConfigurationLeavesThePodsAlone() {
        Infra one = forward("{allow: [a.example]}");
        Infra other = forward(
                "{allow: [b.example], mode: Report, rules: [{deny: {hosts: [c.example]}}], telemetry: {accessLog: {format: None}}}");
        assertThat(other.deployment()).isEqualTo(one.deployment());
        assertThat(other.config().getData()).isNotEqualTo(one.config().getData());
    }

    @Test
    void onlyRelaysThatWatchEndpointsHaveAToken() {
        Infra forward = forward("{}");
        Infra reverse = reverse("{backendRefs: [{name: a, port: 80}]}");
        assertThat(yaml(forward)).doesNotContain("serviceAccountToken:").doesNotContain("kind: \"Role");
        assertThat(forward.role()).isNull();
        assertThat(reverse.role()).isNotNull();
        assertThat(reverse.deployment().getSpec().getTemplate().getSpec().getVolumes())
                .anyMatch(volume -> volume.getName().equals("token"));
    }

    @Test
    void aSingleRelayHasNoDisruptionBudget() {
        assertThat(forward("{replicas: 1}").disruptionBudget()).isNull();
        assertThat(forward("{replicas: 2}").disruptionBudget()).isNotNull();
        assertThat(forward("{replicas: 0}").deployment().getSpec().getReplicas())
                .isZero();
    }

    @Test
    void ownsEverything() {
        for (HasMetadata object : forward(WHOLE).objects()) {
            assertThat(object.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> {
                        assertThat(owner.getController()).isTrue();
                        assertThat(owner.getUid()).isEqualTo("uid-1");
                    });
            assertThat(object.getMetadata().getLabels()).containsEntry(Labels.MANAGED_BY, Labels.OPERATOR);
        }
    }

    @Test
    void selectorsAreFrozen() {
        assertThat(forward("{}").deployment().getSpec().getSelector().getMatchLabels())
                .isEqualTo(Map.of(
                        "app.kubernetes.io/name",
                        "sallyport-relay",
                        "app.kubernetes.io/instance",
                        "egress",
                        "app.kubernetes.io/component",
                        "forward-proxy"));
        assertThat(reverse("{backendRefs: [{name: a, port: 80}]}")
                        .service()
                        .getSpec()
                        .getSelector())
                .containsEntry("app.kubernetes.io/component", "reverse-proxy");
    }

    @Test
    void longNamesAreCutAndToldApart() {
        String one = "a".repeat(62) + "b";
        String other = "a".repeat(62) + "c";
        assertThat(Names.relay(subject(one))).hasSize(63).endsWith("-relay").isNotEqualTo(Names.relay(subject(other)));
        assertThat(Names.client(subject(one))).hasSize(63);
        assertThat(Names.relay(subject("a".repeat(57)))).isEqualTo("a".repeat(57) + "-relay");
    }

    private static Subject subject(String name) {
        return new Subject(ProxyKind.FORWARD, "shop", name, "", 0);
    }

    private static Infra forward(String spec) {
        return Control.render(Control.plan(Objects.forward(spec), Objects.PODS), Objects.PODS)
                .orElseThrow();
    }

    private static Infra reverse(String spec) {
        return Control.render(Control.plan(Objects.reverse(spec), References.NONE, Objects.PODS), Objects.PODS)
                .orElseThrow();
    }

    private static String yaml(Infra infra) {
        List<String> documents = new ArrayList<>();
        infra.objects().forEach(object -> documents.add(Objects.YAML.asYaml(object)));
        return String.join("", documents);
    }

    /** Selectors for everything are empty on purpose, and a rollout that takes no relay away says so by a zero. */
    private static final Set<String> MEANT_EMPTY = Set.of("podSelector", "namespaceSelector", "maxUnavailable");

    private static void empties(String path, JsonNode node) {
        node.properties().forEach(field -> {
            if (!MEANT_EMPTY.contains(field.getKey())) {
                assertThat(isEmpty(field.getValue()))
                        .as(path + "." + field.getKey())
                        .isFalse();
            }
            empties(path + "." + field.getKey(), field.getValue());
        });
        if (node.isArray()) {
            node.forEach(item -> empties(path + "[]", item));
        }
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isNull()
                || (value.isContainerNode() && value.isEmpty())
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isNumber() && value.intValue() == 0);
    }
}
