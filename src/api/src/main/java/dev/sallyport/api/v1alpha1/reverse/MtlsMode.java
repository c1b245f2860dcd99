package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether clients must show a certificate. */
public enum MtlsMode {
    @JsonProperty("Required")
    REQUIRED,
    @JsonProperty("Optional")
    OPTIONAL
}
