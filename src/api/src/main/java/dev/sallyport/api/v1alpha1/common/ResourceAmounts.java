package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** Amounts of the resources that a relay has a use for. */
@ApiType
public record ResourceAmounts(
        @Nullable @JsonPropertyDescription("CPU as a Kubernetes quantity of cores, such as 500m (half a core) or 2.")
        Quantity cpu,

        @Nullable @JsonPropertyDescription("Memory as a Kubernetes quantity of bytes, such as 256Mi.")
        Quantity memory) {}
