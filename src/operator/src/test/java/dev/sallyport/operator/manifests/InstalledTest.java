package dev.sallyport.operator.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.Manifests;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.WithApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the manifests make, as the API server sees it. */
@NeedsApiServer
@ExtendWith(WithApiServer.class)
class InstalledTest {
    @Test
    void applyingTwiceChangesNothing(ApiServer server) {
        for (HasMetadata object : Manifests.objects()) {
            HasMetadata before = server.admin().resource(object).serverSideApply();
            HasMetadata after = server.admin().resource(object).serverSideApply();
            assertThat(after.getMetadata().getResourceVersion())
                    .as(object.getKind() + " " + object.getMetadata().getName())
                    .isEqualTo(before.getMetadata().getResourceVersion());
        }
    }

    @Test
    void operatorIsARestrictedPod(ApiServer server) {
        Namespace namespace = Manifests.objects(Namespace.class).findFirst().orElseThrow();
        assertThat(namespace.getMetadata().getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
        Pod pod = new PodBuilder()
                .withMetadata(Manifests.objects(Deployment.class)
                        .findFirst()
                        .orElseThrow()
                        .getSpec()
                        .getTemplate()
                        .getMetadata())
                .editMetadata()
                .withName("operator")
                .withNamespace(namespace.getMetadata().getName())
                .endMetadata()
                .withSpec(Manifests.objects(Deployment.class)
                        .findFirst()
                        .orElseThrow()
                        .getSpec()
                        .getTemplate()
                        .getSpec())
                .build();
        assertThat(server.admin().resource(pod).dryRun().create().getMetadata().getName())
                .isEqualTo("operator");
        pod.getSpec().getSecurityContext().setRunAsNonRoot(null);
        assertThatThrownBy(() -> server.admin().resource(pod).dryRun().create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("violates PodSecurity");
    }
}
