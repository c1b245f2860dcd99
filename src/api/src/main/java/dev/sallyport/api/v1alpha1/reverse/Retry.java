package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** When a request is tried again. */
@ApiType
public record Retry(
        @Min(0) @Max(10) @Nullable @JsonPropertyDescription("""
                How many tries, 0 to 10, may follow the first one, each on another endpoint, when a connection is
                refused or cannot be made, which is before a byte of the request was sent. 0: none. Default: 2.""")
        Integer attempts) {}
