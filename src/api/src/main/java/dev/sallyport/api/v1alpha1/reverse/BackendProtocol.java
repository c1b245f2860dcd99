package dev.sallyport.api.v1alpha1.reverse;

/** What a relay speaks with the endpoints of a Service. */
public enum BackendProtocol {
    /** HTTP/1.1 (RFC 9112). */
    HTTP11,
    /** HTTP/2 over TLS, agreed on in the handshake (RFC 9113, section 3.2). */
    HTTP2,
    /** HTTP/2 without TLS, from the first byte (RFC 9113, section 3.3). */
    H2C
}
