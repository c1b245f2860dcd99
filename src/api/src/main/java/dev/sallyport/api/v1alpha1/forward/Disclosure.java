package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a destination is told about the client of a plain HTTP request. */
public enum Disclosure {
    /** Nothing: fields that would tell are removed. */
    @JsonProperty("Anonymous")
    ANONYMOUS,
    /** The client's address and that there is a proxy: X-Forwarded-For, Forwarded and Via. */
    @JsonProperty("Transparent")
    TRANSPARENT
}
