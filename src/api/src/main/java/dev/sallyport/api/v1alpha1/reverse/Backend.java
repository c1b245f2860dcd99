package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** How a reverse proxy behaves as a client of a Service. */
@ApiType
public record Backend(
        @Required @Form(Syntax.DNS_LABEL_OR_ALL) @Nullable @JsonPropertyDescription("""
                The name of a Service that backendRefs name, or `*` for all that have no entry of their own.""")
        String name,

        @Nullable @JsonPropertyDescription("How an endpoint of the Service is chosen for each request.")
        LoadBalancer loadBalancer) {}
