package dev.sallyport.api.v1alpha1.reverse;

/** The methods that a {@link Match} may ask for (RFC 9110, section 9.3, and RFC 5789). */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    OPTIONS,
    TRACE,
    PATCH
}
