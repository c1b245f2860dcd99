package dev.sallyport.model.request;

import org.jspecify.annotations.Nullable;

/**
 * The parts of an HTTP request that decisions read. It was parsed and validated already, whatever the protocol
 * version; what is seen here is what is sent on.
 */
public interface RequestView {
    /** The method, as sent (RFC 9110, section 9.1: case-sensitive). */
    Ascii method();

    /**
     * The host of the request's authority without port, without the brackets of an IPv6 address, letters in the case
     * of the client: from the target in absolute form or authority form, else from {@code Host}. Empty when there is none.
     */
    Ascii host();

    /** The port that the authority names, or -1 when it names none. */
    int port();

    /** The path of the target, beginning with a slash, or {@code *} (RFC 9112, section 3.2.4). */
    Ascii path();

    /** The query of the target without its question mark; empty when there is none. */
    Ascii query();

    /**
     * The value of a field, or null when the request does not have it. Several lines of one field read as one value
     * with {@code ", "} between them (RFC 9110, section 5.3).
     *
     * @param lowerCaseName the field's name in lower case
     */
    @Nullable
    Ascii field(String lowerCaseName);
}
