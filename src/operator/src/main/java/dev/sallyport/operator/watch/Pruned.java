package dev.sallyport.operator.watch;

import dev.sallyport.control.inject.Consent;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Map;

/** Objects without what nobody here reads, so that caches stay small in large clusters. */
final class Pruned {
    private Pruned() {}

    static <T extends HasMetadata> T metadataOnly(T object, T empty) {
        empty.setMetadata(metadata(object));
        return empty;
    }

    static Deployment deployment(Deployment full) {
        return new DeploymentBuilder()
                .withMetadata(metadata(full))
                .withNewSpec()
                .withReplicas(full.getSpec().getReplicas())
                .withSelector(full.getSpec().getSelector())
                .endSpec()
                .withStatus(full.getStatus())
                .build();
    }

    static Pod pod(Pod full) {
        return new PodBuilder()
                .withMetadata(metadata(full))
                .withStatus(full.getStatus())
                .build();
    }

    static Namespace namespace(Namespace full) {
        Namespace pruned = metadataOnly(full, new Namespace());
        String accepts = full.getMetadata().getAnnotations().get(Consent.ACCEPTS);
        if (accepts != null) {
            pruned.getMetadata().setAnnotations(Map.of(Consent.ACCEPTS, accepts));
        }
        return pruned;
    }

    static Service service(Service full) {
        return new ServiceBuilder()
                .withMetadata(metadata(full))
                .withNewSpec()
                .withType(full.getSpec().getType())
                .withClusterIP(full.getSpec().getClusterIP())
                .withPorts(full.getSpec().getPorts())
                .withSelector(full.getSpec().getSelector())
                .endSpec()
                .withStatus(full.getStatus())
                .build();
    }

    static EndpointSlice endpointSlice(EndpointSlice full) {
        var slice = new EndpointSliceBuilder()
                .withMetadata(metadata(full))
                .withAddressType(full.getAddressType())
                .withPorts(full.getPorts());
        full.getEndpoints()
                .forEach(endpoint -> slice.addNewEndpoint()
                        .withAddresses(endpoint.getAddresses())
                        .withConditions(endpoint.getConditions())
                        .endEndpoint());
        return slice.build();
    }

    private static ObjectMeta metadata(HasMetadata object) {
        ObjectMeta full = object.getMetadata();
        return new ObjectMetaBuilder()
                .withNamespace(full.getNamespace())
                .withName(full.getName())
                .withUid(full.getUid())
                .withResourceVersion(full.getResourceVersion())
                .withGeneration(full.getGeneration())
                .withCreationTimestamp(full.getCreationTimestamp())
                .withDeletionTimestamp(full.getDeletionTimestamp())
                .withLabels(full.getLabels())
                .withOwnerReferences(full.getOwnerReferences())
                .build();
    }
}
