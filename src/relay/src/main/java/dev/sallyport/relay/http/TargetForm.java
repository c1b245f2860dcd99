package dev.sallyport.relay.http;

/** The forms of a request target (RFC 9112, section 3.2). */
public enum TargetForm {
    /** A path and query: to an origin, or to a proxy that stands for one. */
    ORIGIN,
    /** A whole {@code http} or {@code https} URI: to a proxy. */
    ABSOLUTE,
    /** Host and port alone: CONNECT. */
    AUTHORITY,
    /** {@code *}: OPTIONS about the server as a whole. */
    ASTERISK
}
