package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether connections begin with a header of the PROXY protocol. */
public enum ProxyProtocolMode {
    /** Each does; one that does not is closed. */
    @JsonProperty("Required")
    REQUIRED
}
