package dev.sallyport.operator.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.Manifests;
import dev.sallyport.operator.cluster.WithApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real API server says to the scenarios of {@code control}: to the proxies, and to the objects that were made of them. */
@ExtendWith(WithApiServer.class)
class ScenariosTest {
    static Stream<Path> scenarios() throws IOException {
        try (var folders = Files.list(Manifests.root().resolve("src/control/src/test/scenarios"))) {
            return folders.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    static Stream<Path> rendered() throws IOException {
        return scenarios().map(folder -> folder.resolve("out-infra.yaml")).filter(Files::exists);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theProxyIsOneThatTheApiServerLetsIn(Path folder, ApiServer server) throws IOException {
        String namespace = namespace(server.admin());
        List<GenericKubernetesResource> proxies = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("in-"))
                    .toList()) {
                documents(file).stream()
                        .filter(object -> object.getApiVersion().startsWith("sallyport.dev/"))
                        .forEach(proxies::add);
            }
        }
        assertThat(proxies).singleElement().satisfies(proxy -> {
            proxy.getMetadata().setUid(null);
            proxy.getMetadata().setNamespace(namespace);
            server.admin().resource(proxy).fieldValidation(Validation.STRICT).create();
        });
    }

    @ParameterizedTest
    @MethodSource("rendered")
    void theObjectsAreStoredAsTheyAreWritten(Path file, ApiServer server) throws IOException {
        KubernetesClient client = server.admin();
        String namespace = namespace(client);
        for (GenericKubernetesResource written : documents(file)) {
            String name = written.getKind() + " " + written.getMetadata().getName();
            written.getMetadata().setNamespace(namespace);
            if (written.getKind().equals("RoleBinding")) {
                written.setAdditionalProperty(
                        "subjects",
                        List.of(Map.of(
                                "kind",
                                "ServiceAccount",
                                "name",
                                written.getMetadata().getName(),
                                "namespace",
                                namespace)));
            }
            GenericKubernetesResource stored = apply(client, written);
            contains(name, json(stored), json(written));
            assertThat(apply(client, written).getMetadata().getResourceVersion())
                    .as(name)
                    .isEqualTo(stored.getMetadata().getResourceVersion());
            if (written.getKind().equals("Deployment")) {
                var template = client.getKubernetesSerialization()
                        .convertValue(written, Deployment.class)
                        .getSpec()
                        .getTemplate();
                client.resource(new PodBuilder()
                                .withNewMetadataLike(template.getMetadata())
                                .withName("relay")
                                .withNamespace(namespace)
                                .endMetadata()
                                .withSpec(template.getSpec())
                                .build())
                        .dryRun()
                        .create();
            }
        }
    }

    /** One that enforces the strictest standard for pods. */
    private static String namespace(KubernetesClient client) {
        return client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("scenario-")
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    private static GenericKubernetesResource apply(KubernetesClient client, GenericKubernetesResource object) {
        return client.resource(object)
                .fieldValidation(Validation.STRICT)
                .fieldManager(Children.FIELD_MANAGER)
                .serverSideApply();
    }

    private static List<GenericKubernetesResource> documents(Path file) throws IOException {
        return Stream.of(Files.readString(file).split("(?m)^---$"))
                .filter(document -> !document.isBlank())
                .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
                .toList();
    }

    private static JsonNode json(GenericKubernetesResource object) {
        return Serialization.jsonMapper().valueToTree(object);
    }

    /** The stored may have more fields, never other values or another length of a list. */
    private static void contains(String path, JsonNode stored, JsonNode written) {
        if (written.isObject()) {
            written.properties().forEach(field -> {
                String at = path + "." + field.getKey();
                assertThat(stored.has(field.getKey())).as(at).isTrue();
                contains(at, stored.get(field.getKey()), field.getValue());
            });
        } else if (written.isArray()) {
            assertThat(stored.size()).as(path).isEqualTo(written.size());
            for (int i = 0; i < written.size(); i++) {
                contains(path + "[" + i + "]", stored.get(i), written.get(i));
            }
        } else {
            assertThat(stored).as(path).isEqualTo(written);
        }
    }
}
