package dev.sallyport.relay.http;

/** What ends the body of a message (RFC 9112, section 6). It is decided once, when the head is complete. */
public enum Framing {
    /** There is no body. */
    NONE,
    /** A number of bytes: {@link MessageHead#contentLength()}. */
    LENGTH,
    /** The chunked transfer coding. */
    CHUNKED,
    /** The end of the connection; responses only. */
    UNTIL_CLOSE
}
