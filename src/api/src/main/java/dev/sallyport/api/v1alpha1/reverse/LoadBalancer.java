package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import org.jspecify.annotations.Nullable;

/** How an endpoint is chosen. */
@ApiType
public record LoadBalancer(
        @Nullable @JsonPropertyDescription("""
                `LeastRequest`: of two endpoints taken at random, the one with fewer requests running. `RoundRobin`: one
                after the other. Default: LeastRequest.""") LoadBalancerType type) {}
