package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a header field is compared. */
public enum HeaderMatchType {
    /** Its value is the same. */
    @JsonProperty("Exact")
    EXACT
}
