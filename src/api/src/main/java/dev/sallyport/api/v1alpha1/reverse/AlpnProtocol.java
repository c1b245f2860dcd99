package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A version of HTTP, as TLS negotiates it (RFC 7301). */
public enum AlpnProtocol {
    @JsonProperty("h2")
    H2,
    @JsonProperty("http/1.1")
    HTTP_1_1
}
