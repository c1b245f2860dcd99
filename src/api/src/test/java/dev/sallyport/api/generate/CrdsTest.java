package dev.sallyport.api.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every field of both kinds. */
class CrdsTest {
    private static final Map<String, JSONSchemaProps> FIELDS = fields();

    @Test
    void everyFieldSaysWhatItIs() {
        assertThat(FIELDS)
                .hasSizeGreaterThan(100)
                .allSatisfy((path, field) ->
                        assertThat(field.getDescription()).as(path).isNotBlank().matches("(?s)[A-Z`].*\\.\"?"));
    }

    @Test
    void everyOptionalFieldWithoutFieldsOfItsOwnSaysItsDefault() {
        List<String> silent = new ArrayList<>();
        FIELDS.forEach((path, field) -> {
            boolean leaf = field.getProperties().isEmpty()
                    && field.getAdditionalProperties() == null
                    && field.getItems() == null;
            if (path.contains(".spec.")
                    && leaf
                    && !required(path)
                    && !field.getDescription().contains("Default: ")) {
                silent.add(path);
            }
        });
        assertThat(silent)
                .as("fields whose description lacks a default: only those that have none may be here")
                .containsExactlyInAnyOrder(
                        "ForwardProxy.spec.clients.from[].cidr",
                        "ForwardProxy.spec.infrastructure.resources.limits.cpu",
                        "ForwardProxy.spec.infrastructure.resources.limits.memory",
                        "ForwardProxy.spec.infrastructure.resources.requests.cpu",
                        "ForwardProxy.spec.infrastructure.resources.requests.memory",
                        "ReverseProxy.spec.infrastructure.resources.limits.cpu",
                        "ReverseProxy.spec.infrastructure.resources.limits.memory",
                        "ReverseProxy.spec.infrastructure.resources.requests.cpu",
                        "ReverseProxy.spec.infrastructure.resources.requests.memory");
    }

    @Test
    void theDefaultThatTheServerFillsInIsTheOneThatIsDescribed() {
        assertThat(FIELDS)
                .anySatisfy((path, field) -> assertThat(field.getDefault()).isNotNull());
        FIELDS.forEach((path, field) -> {
            if (field.getDefault() != null) {
                assertThat(field.getDescription())
                        .as(path)
                        .contains("Default: " + field.getDefault().asText() + ".");
            }
        });
    }

    @Test
    void everyListHasAKindAndInTheSpecABound() {
        FIELDS.forEach((path, field) -> {
            if ("array".equals(field.getType())) {
                assertThat(field.getXKubernetesListType()).as(path).isIn("atomic", "set", "map");
                assertThat(field.getMaxItems()).as(path).isNotNull();
            }
        });
    }

    @Test
    void everyTextOfTheSpecHasABoundOrIsOneOfSome() {
        FIELDS.forEach((path, field) -> {
            JSONSchemaProps text =
                    field.getItems() == null ? field : field.getItems().getSchema();
            if (path.contains(".spec.")
                    && "string".equals(text.getType())
                    && text.getEnum().isEmpty()) {
                assertThat(text.getMaxLength()).as(path).isNotNull();
            }
        });
    }

    @Test
    void nothingUnknownIsKept() {
        FIELDS.forEach((path, field) ->
                assertThat(field.getXKubernetesPreserveUnknownFields()).as(path).isNull());
    }

    private static boolean required(String path) {
        int dot = path.lastIndexOf('.');
        String parent = path.substring(0, dot).replaceAll("\\[]$", "");
        JSONSchemaProps object = FIELDS.get(parent);
        JSONSchemaProps holder =
                object.getItems() == null ? object : object.getItems().getSchema();
        return holder.getRequired().contains(path.substring(dot + 1));
    }

    private static Map<String, JSONSchemaProps> fields() {
        Map<String, JSONSchemaProps> fields = new LinkedHashMap<>();
        Stream.of(Crds.forwardProxy(), Crds.reverseProxy())
                .forEach(crd -> collect(crd.getSpec().getNames().getKind(), schema(crd), fields));
        return fields;
    }

    private static void collect(String path, JSONSchemaProps object, Map<String, JSONSchemaProps> fields) {
        object.getProperties().forEach((name, field) -> {
            fields.put(path + "." + name, field);
            if (field.getItems() == null) {
                collect(path + "." + name, field, fields);
            } else {
                collect(path + "." + name + "[]", field.getItems().getSchema(), fields);
            }
        });
    }

    private static JSONSchemaProps schema(CustomResourceDefinition crd) {
        return crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    }
}
