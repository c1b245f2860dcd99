package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Service in front of the relays. */
@ApiType
public record ServiceTemplate(
        @Nullable @JsonPropertyDescription("""
                How the proxy is reached. `ClusterIP`: from inside the cluster. `NodePort`: also on a port of every
                node. `LoadBalancer`: also through a load balancer of the cluster's provider. Default: ClusterIP.""") ServiceType type,

        @Size(max = 64) @Nullable @JsonPropertyDescription("""
                Annotations for the Service, such as a provider's settings of its load balancer. Annotations that others
                put on the Service stay.""")
        Map<String, String> annotations) {}
