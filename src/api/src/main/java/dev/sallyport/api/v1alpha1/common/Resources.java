package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What a relay container asks of its node and may use at most. */
@ApiType
public record Resources(
        @Nullable @JsonPropertyDescription("What the scheduler sets aside for each relay.")
        ResourceAmounts requests,

        @Nullable @JsonPropertyDescription("""
                What each relay may use at most. A limit below its request makes Kubernetes refuse the pods; the proxy's
                status then says so.""") ResourceAmounts limits) {}
