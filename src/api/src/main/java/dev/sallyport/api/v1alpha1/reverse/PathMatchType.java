package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a path is compared. */
public enum PathMatchType {
    /** It is the same. */
    @JsonProperty("Exact")
    EXACT,
    /** It is the same or goes on below, by whole segments. */
    @JsonProperty("PathPrefix")
    PATH_PREFIX
}
