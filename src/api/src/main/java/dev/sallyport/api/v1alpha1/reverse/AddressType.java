package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The kind of an {@link Address}. */
public enum AddressType {
    /** A name to be resolved. */
    @JsonProperty("Hostname")
    HOSTNAME,
    /** An IPv4 or IPv6 address. */
    @JsonProperty("IPAddress")
    IP_ADDRESS
}
