package dev.sallyport.api.v1alpha1.forward;

/** What a client may ask of a forward proxy. */
public enum ForwardProtocol {
    /** Plain HTTP requests whose target is in absolute form (RFC 9112, section 3.2.2). */
    HTTP,
    /** Tunnels (RFC 9110, section 9.3.6). */
    CONNECT
}
