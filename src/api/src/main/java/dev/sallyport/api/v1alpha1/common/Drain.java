package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** How a relay ends. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record Drain(
        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long a relay that is to end still accepts connections as before, so that the news of its end reaches
                the Service's clients first; a duration from 0s to 5m. Default: 5s.""")
        String delay,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                How long after that running requests and tunnels may finish before they are cut, as a duration from 0s
                to 24h. The pod's termination grace period is delay and grace with some seconds to spare. Default: 30s.""")
        String grace) {}
