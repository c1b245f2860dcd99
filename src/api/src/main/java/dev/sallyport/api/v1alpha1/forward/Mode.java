package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether what was decided is carried out. */
public enum Mode {
    /** Denials are carried out. */
    @JsonProperty("Enforce")
    ENFORCE,
    /** Denials are recorded and nothing else. */
    @JsonProperty("Report")
    REPORT
}
