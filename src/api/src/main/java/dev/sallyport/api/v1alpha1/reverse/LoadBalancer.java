package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import org.jspecify.annotations.Nullable;

/** How an endpoint is chosen. Durations are Gateway API durations ({@link Syntax#DURATION}). */
@ApiType
public record LoadBalancer(
        @Nullable @JsonPropertyDescription("""
                `LeastRequest`: of two endpoints taken at random, the one with fewer requests running. `RoundRobin`: one
                after the other. Default: LeastRequest.""") LoadBalancerType type,

        @Form(Syntax.DURATION) @Nullable @JsonPropertyDescription("""
                Over how long a new endpoint, or one that has recovered, comes to its full share of the requests, as a
                duration from 1s to 1h; 0s: at once. Default: 0s.""")
        String slowStart) {}
