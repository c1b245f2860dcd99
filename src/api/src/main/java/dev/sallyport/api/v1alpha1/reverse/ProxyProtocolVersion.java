package dev.sallyport.api.v1alpha1.reverse;

/** A version of the PROXY protocol. */
public enum ProxyProtocolVersion {
    /** Text. */
    V1,
    /** Binary. */
    V2
}
