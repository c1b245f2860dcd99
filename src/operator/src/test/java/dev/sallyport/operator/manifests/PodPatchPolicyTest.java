package dev.sallyport.operator.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.cluster.WithApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The admission policy leaves of the operator's pod patches what delivery needs. */
@NeedsApiServer
@ExtendWith(WithApiServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodPatchPolicyTest {
    private static final String NAME = "patched";

    private KubernetesClient admin;
    private KubernetesClient operator;

    @BeforeAll
    void makePod(ApiServer server) {
        admin = server.admin();
        operator = new KubernetesClientBuilder().withConfig(server.operator()).build();
        admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace("default")
                        .addToLabels("app.kubernetes.io/name", "sallyport")
                        .addToAnnotations("other.example/a", "1")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("relay")
                        .withImage("relay:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        // A new policy takes a moment to be compiled; until then it does not deny.
        Until.passes(() -> assertThatThrownBy(() -> patch("{\"metadata\":{\"labels\":{\"probe\":\"x\"}}}"))
                .hasMessageContaining("may not change the labels"));
    }

    @AfterAll
    void removePod() {
        admin.pods().inNamespace("default").withName(NAME).withGracePeriod(0).delete();
        operator.close();
    }

    @Test
    void annotationsOfOursPass() {
        assertThat(patch("{\"metadata\":{\"annotations\":{\"sallyport.dev/config\":\"0123456789abcdef/1\"}}}")
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("sallyport.dev/config", "0123456789abcdef/1")
                .containsEntry("other.example/a", "1");
        assertThat(patch("{\"metadata\":{\"annotations\":{\"sallyport.dev/config\":null}}}")
                        .getMetadata()
                        .getAnnotations())
                .doesNotContainKey("sallyport.dev/config");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"metadata":{"labels":{"app.kubernetes.io/name":"other"}}}             | may not change the labels
            {"metadata":{"labels":{"app.kubernetes.io/name":null}}}                | may not change the labels
            {"metadata":{"labels":null}}                                           | may not change the labels
            {"metadata":{"annotations":{"other.example/a":"2"}}}                   | only annotations of a pod that begin with sallyport.dev/
            {"metadata":{"annotations":{"other.example/b":"1"}}}                   | only annotations of a pod that begin with sallyport.dev/
            {"metadata":{"annotations":{"other.example/a":null}}}                  | only annotations of a pod that begin with sallyport.dev/
            {"metadata":{"annotations":{"sallyport.dev.evil/a":"1"}}}              | only annotations of a pod that begin with sallyport.dev/
            {"metadata":{"finalizers":["sallyport.dev/stay"]}}                     | may not change the finalizers or owners
            {"spec":{"containers":[{"name":"relay","image":"evil:1"}]}}            | may not change the spec
            {"spec":{"activeDeadlineSeconds":5}}                                   | may not change the spec
            """)
    void everythingElseIsDenied(String patch, String message) {
        assertThatThrownBy(() -> patch(patch))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(422))
                .hasMessageContaining("sallyport-operator-pod-patches")
                .hasMessageContaining(message);
    }

    @Test
    void othersAreNotConcerned() {
        assertThat(admin.pods()
                        .inNamespace("default")
                        .withName(NAME)
                        .patch(
                                PatchContext.of(PatchType.STRATEGIC_MERGE),
                                "{\"metadata\":{\"labels\":{\"by\":\"admin\"}}}")
                        .getMetadata()
                        .getLabels())
                .containsEntry("by", "admin");
    }

    @Test
    void rolesGrantNoOtherWrite() {
        assertThatThrownBy(() ->
                        operator.pods().inNamespace("default").withName(NAME).delete())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(403));
        Pod pod = admin.pods().inNamespace("default").withName(NAME).get();
        assertThatThrownBy(() -> operator.resource(pod)
                        .subresource("ephemeralcontainers")
                        .patch())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(403));
    }

    /** Sends the patch alone; the client's own patch would read the pod first, which the operator may not. */
    private Pod patch(String patch) {
        var response = operator.getHttpClient()
                .sendAsync(
                        operator.getHttpClient()
                                .newHttpRequestBuilder()
                                .uri(operator.getMasterUrl() + "api/v1/namespaces/default/pods/" + NAME)
                                .method("PATCH", "application/strategic-merge-patch+json", patch)
                                .build(),
                        String.class)
                .join();
        if (!response.isSuccessful()) {
            Status status = Serialization.unmarshal(response.body(), Status.class);
            throw new KubernetesClientException(status.getMessage(), response.code(), status);
        }
        return Serialization.unmarshal(response.body(), Pod.class);
    }
}
