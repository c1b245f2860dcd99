package dev.sallyport.relay.http.client;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.h2.Breach;
import java.util.Locale;

/**
 * Why no response comes from an origin, or not all of it.
 *
 * @param detail one sentence
 */
public record Failure(ProxyError error, String detail) {
    static final Failure CLOSED =
            new Failure(ProxyError.CONNECTION_TERMINATED, "The destination closed the connection before its response.");
    static final Failure BROKEN_OFF =
            new Failure(ProxyError.HTTP_RESPONSE_INCOMPLETE, "The destination broke off its response.");
    static final Failure RESET = new Failure(ProxyError.CONNECTION_TERMINATED, "The destination gave the request up.");
    static final Failure REFUSED =
            new Failure(ProxyError.DESTINATION_UNAVAILABLE, "The destination did not take the request.");
    static final Failure SILENT =
            new Failure(ProxyError.CONNECTION_READ_TIMEOUT, "The destination does not answer any more.");
    static final Failure RULES =
            new Failure(ProxyError.HTTP_PROTOCOL_ERROR, "The destination broke the rules of HTTP/2.");
    static final Failure INTERIMS =
            new Failure(ProxyError.HTTP_PROTOCOL_ERROR, "The destination sent too many interim responses.");
    static final Failure INSIDE = new Failure(ProxyError.PROXY_INTERNAL_ERROR, "The relay failed.");
    static final Failure UPGRADE = new Failure(
            ProxyError.HTTP_PROTOCOL_ERROR, "The destination changed to a protocol that it was not asked for.");
    static final Failure CUT =
            new Failure(ProxyError.HTTP_RESPONSE_INCOMPLETE, "The destination ended its response too early.");

    /** What the origin did to a whole connection. */
    static Failure breach(Breach breach) {
        String what = breach.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Failure(ProxyError.HTTP_PROTOCOL_ERROR, "The destination broke the rules of HTTP/2: " + what + ".");
    }

    static Failure malformed(Fault fault) {
        ProxyError error = fault == Fault.HEAD_TOO_LARGE || fault == Fault.TOO_MANY_FIELDS
                ? ProxyError.HTTP_RESPONSE_HEADER_SECTION_SIZE
                : ProxyError.HTTP_PROTOCOL_ERROR;
        return new Failure(error, "Malformed response: " + fault.reason() + ".");
    }
}
