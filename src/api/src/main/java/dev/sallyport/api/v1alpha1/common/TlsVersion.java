package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A version of TLS. */
public enum TlsVersion {
    @JsonProperty("1.2")
    TLS_1_2,
    @JsonProperty("1.3")
    TLS_1_3
}
