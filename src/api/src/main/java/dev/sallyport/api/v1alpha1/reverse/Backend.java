package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** How a reverse proxy behaves as a client of a Service. */
@ApiType
public record Backend(
        @Required
        @Pattern("^(\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$")
        @Size(min = 1, max = 63)
        @Nullable
        @JsonPropertyDescription("""
                The name of a Service that backendRefs name, or `*` for all that have no entry of their own.""")
        String name,

        @Nullable @JsonPropertyDescription("How an endpoint of the Service is chosen for each request.")
        LoadBalancer loadBalancer) {}
