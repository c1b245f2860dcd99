package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a proxy has relay pods of its own. */
public enum DeploymentMode {
    /** It has, with a Service in front of them. */
    @JsonProperty("Managed")
    MANAGED,
    /** It has not: its policy is served by relays in the pods of applications alone. */
    @JsonProperty("None")
    NONE
}
