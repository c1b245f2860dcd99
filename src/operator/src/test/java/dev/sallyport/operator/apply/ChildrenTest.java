package dev.sallyport.operator.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.control.status.Observed.Failure;
import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.WithApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@NeedsApiServer
@ExtendWith(WithApiServer.class)
class ChildrenTest {
    private KubernetesClient admin;
    private KubernetesClient client;
    private String namespace;
    private ConfigMap owner;
    private Children children;

    @BeforeEach
    void start(ApiServer server) {
        admin = server.admin();
        client = new KubernetesClientBuilder()
                .withConfig(admin.getConfiguration())
                .build();
        Namespace made = admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("children-")
                        .endMetadata()
                        .build())
                .create();
        namespace = made.getMetadata().getName();
        owner = admin.resource(map("owner", Map.of())).create();
        children = new Children(client);
    }

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void appliesAndLeavesAloneWhatIsAsWanted() {
        assertThat(children.apply(owner, List.of(child("a", "1")), List.of())).isEmpty();
        ConfigMap first = get("a");
        assertThat(first.getData()).containsExactlyEntriesOf(Map.of("key", "1"));

        assertThat(children.apply(owner, List.of(child("a", "1")), List.of(first)))
                .isEmpty();
        assertThat(new Children(client).apply(owner, List.of(child("a", "1")), List.of(first)))
                .isEmpty();
        assertThat(get("a")).isEqualTo(first);
    }

    @Test
    void doesNotAskAboutWhatIsAsWanted() {
        children.apply(owner, List.of(child("a", "1")), List.of());
        ConfigMap first = get("a");
        client.close();
        assertThat(children.apply(owner, List.of(child("a", "1")), List.of(first)))
                .isEmpty();
        assertThatThrownBy(() -> children.apply(owner, List.of(child("a", "2")), List.of(first)))
                .hasMessage("Client is closed");
    }

    @Test
    void repairsItsOwnFieldsAndKeepsThoseOfOthers() {
        children.apply(owner, List.of(child("a", "1")), List.of());
        admin.configMaps().inNamespace(namespace).withName("a").edit(map -> {
            map.getData().put("key", "tampered");
            map.getData().put("theirs", "kept");
            map.getMetadata().setAnnotations(Map.of("mesh.example/injected", "true"));
            return map;
        });
        assertThat(children.apply(owner, List.of(child("a", "1")), List.of(get("a"))))
                .isEmpty();
        assertThat(get("a").getData()).containsOnly(Map.entry("key", "1"), Map.entry("theirs", "kept"));
        assertThat(get("a").getMetadata().getAnnotations()).containsEntry("mesh.example/injected", "true");
    }

    @Test
    void dropsFieldsThatAreNoLongerWanted() {
        ConfigMap two = child("a", "1");
        two.getData().put("second", "2");
        children.apply(owner, List.of(two), List.of());
        children.apply(owner, List.of(child("a", "1")), List.of(get("a")));
        assertThat(get("a").getData()).containsOnlyKeys("key");
    }

    @Test
    void makesAgainWhatWasDeleted() {
        children.apply(owner, List.of(child("a", "1")), List.of());
        admin.resource(get("a")).delete();
        assertThat(children.apply(owner, List.of(child("a", "1")), List.of())).isEmpty();
        assertThat(get("a").getData()).containsEntry("key", "1");
    }

    @Test
    void deletesWhatIsNoLongerWantedAndOnlyIfItIsItsOwn() {
        children.apply(owner, List.of(child("a", "1"), child("b", "1")), List.of());
        ConfigMap foreign = admin.resource(map("c", Map.of())).create();
        assertThat(children.apply(owner, List.of(child("a", "1")), List.of(get("a"), get("b"), foreign)))
                .isEmpty();
        assertThat(admin.configMaps().inNamespace(namespace).list().getItems())
                .extracting(map -> map.getMetadata().getName())
                .contains("a", "c")
                .doesNotContain("b");
    }

    @Test
    void leavesAloneAnObjectOfSomebodyElseAndGoesOn() {
        ConfigMap foreign = admin.resource(map("a", Map.of("mine", "1"))).create();
        assertThat(children.apply(owner, List.of(child("a", "1"), child("b", "1")), List.of()))
                .containsExactly(
                        new Failure(
                                "ConfigMap a",
                                true,
                                "ConfigMap a exists and does not belong to this proxy: rename the proxy, or delete that object"));
        assertThat(get("a")).isEqualTo(foreign);
        assertThat(get("b").getData()).containsEntry("key", "1");
    }

    @Test
    void tellsWhatTheApiServerRefusesAndGoesOn() {
        assertThat(children.apply(owner, List.of(child("Not_A_Name", "1"), child("b", "1")), List.of()))
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.object()).isEqualTo("ConfigMap Not_A_Name");
                    assertThat(failure.taken()).isFalse();
                    assertThat(failure.message()).contains("metadata.name").contains("RFC 1123");
                });
        assertThat(get("b").getData()).containsEntry("key", "1");
    }

    private ConfigMap get(String name) {
        return Objects.requireNonNull(
                admin.configMaps().inNamespace(namespace).withName(name).get());
    }

    private ConfigMap child(String name, String value) {
        ConfigMap map = map(name, Map.of("key", value));
        map.getMetadata().setOwnerReferences(List.of(reference(owner)));
        return map;
    }

    private ConfigMap map(String name, Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .addToData(data)
                .build();
    }

    private static OwnerReference reference(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .build();
    }
}
