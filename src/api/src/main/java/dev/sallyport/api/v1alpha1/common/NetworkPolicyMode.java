package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether the operator keeps a NetworkPolicy for relay pods. */
public enum NetworkPolicyMode {
    /** The operator keeps one that lets in the proxy's clients only. */
    @JsonProperty("Managed")
    MANAGED,
    /** There is none, and one that was there is removed. */
    @JsonProperty("None")
    NONE
}
