package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import org.jspecify.annotations.Nullable;

/** The ports that a forward proxy opens. */
@ApiType
public record ForwardListeners(
        @Nullable
        @JsonPropertyDescription(
                "The port for clients that know of the proxy, by settings such as HTTPS_PROXY. Default: port 3128.")
        MixedListener mixed) {}
