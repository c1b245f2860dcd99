package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** When a request is tried again. */
@ApiType
public record Retry(
        @JsonPropertyDescription("""
                How often at most, 0 to 10, a request is tried again on another endpoint after a connection was refused or could
                not be made, which is before a byte of the request was sent. 0 turns it off. Default: 2.""") @Min(0) @Max(10) @Nullable
        Integer attempts) {}
