package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of TLS on a listener. */
public enum TlsMode {
    /** It ends at the proxy. */
    @JsonProperty("Terminate")
    TERMINATE
}
