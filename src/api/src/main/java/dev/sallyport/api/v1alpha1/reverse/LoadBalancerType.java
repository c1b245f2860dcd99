package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How an endpoint is chosen for a request. */
public enum LoadBalancerType {
    /** Of two taken at random, the one with fewer requests running. */
    @JsonProperty("LeastRequest")
    LEAST_REQUEST,
    /** One after the other. */
    @JsonProperty("RoundRobin")
    ROUND_ROBIN
}
