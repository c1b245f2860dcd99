package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** How many relays a proxy has, by what they can do. */
@ApiType
public record Relays(
        @Nullable @JsonPropertyDescription("How many relays are ready and not ending.")
        Integer ready,

        @Nullable
        @JsonPropertyDescription(
                "How many of the ready relays serve the configuration made from the observed generation.")
        Integer programmed) {}
