package dev.sallyport.api.v1alpha1.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The form of the access log. */
public enum AccessLogFormat {
    /** One JSON object a line. */
    @JsonProperty("JSON")
    JSON,
    /** No access log. */
    @JsonProperty("None")
    NONE
}
