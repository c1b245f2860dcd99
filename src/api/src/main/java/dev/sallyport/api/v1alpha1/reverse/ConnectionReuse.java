package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which requests may go on a connection that was used before. */
public enum ConnectionReuse {
    /** None. */
    @JsonProperty("Never")
    NEVER,
    /** Those that can be sent again, and all but the first of a client's connection. */
    @JsonProperty("Safe")
    SAFE,
    /** All. */
    @JsonProperty("Always")
    ALWAYS
}
