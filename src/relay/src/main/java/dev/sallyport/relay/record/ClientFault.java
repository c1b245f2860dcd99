package dev.sallyport.relay.record;

import java.util.Locale;

/**
 * What a client did, or failed to do, for which the relay refused it or cut it off. Each is counted where it happens, by
 * {@link LoopMetrics#fault}; malformed messages of HTTP are counted by what is wrong with them, {@link
 * LoopMetrics#malformed}. None of them is worth a line in a log: anybody could fill it.
 */
public enum ClientFault {
    /** The head of a request did not arrive in time. */
    HEAD_TIMEOUT,
    /** The body of a request came too slowly, or stopped coming. */
    BODY_TOO_SLOW,
    /** The body of a request was larger than the listener allows. */
    BODY_TOO_LARGE,
    /** A response was taken too slowly, or not at all. */
    READER_TOO_SLOW,
    /** It connected when the listener had as many connections as it may. */
    TOO_MANY_CONNECTIONS,
    /** It connected when its address had as many connections as one may. */
    TOO_MANY_CONNECTIONS_OF_ADDRESS,
    /** It connected when the relay could serve no more; not a fault of its own. */
    OVERLOAD,
    /** It connected to a listener for redirected connections and was not redirected. */
    NOT_REDIRECTED,
    /** No PROXY header, or only a part of it, where the listener requires one. */
    PROXY_HEADER_MISSING,
    /** A PROXY header that is none. */
    PROXY_HEADER_MALFORMED,
    /** It may not send PROXY headers, as it is not a trusted peer. */
    PROXY_HEADER_UNTRUSTED,
    /** The TLS hello did not arrive in time. */
    HELLO_TIMEOUT,
    /** A TLS hello that is none, or too large. */
    HELLO_MALFORMED,
    /** A TLS server name that nothing is served for, or none where one is needed. */
    SERVER_NAME_UNKNOWN,
    /** The TLS handshake was not completed in time. */
    HANDSHAKE_TIMEOUT,
    /** The TLS handshake failed: no common version or cipher, an alert of the client, a broken record. */
    HANDSHAKE_FAILED,
    /** No client certificate where one is required, or one that is not trusted. */
    CLIENT_CERTIFICATE,
    /** A request for a host that the connection's certificate does not cover: 421. */
    MISDIRECTED,
    /** HTTP/2: streams opened and reset, or made the relay reset them, too often. */
    H2_RESET_FLOOD,
    /** HTTP/2: a field section in too many frames. */
    H2_CONTINUATION_FLOOD,
    /** HTTP/2: too many SETTINGS. */
    H2_SETTINGS_FLOOD,
    /** HTTP/2: too many PINGs. */
    H2_PING_FLOOD,
    /** HTTP/2: too many frames that carry nothing. */
    H2_EMPTY_FRAMES,
    /** HTTP/2: a field section that is too large, or grows too much when it is unpacked. */
    H2_HEADER_BOMB,
    /** HTTP/2: too much of what the relay must answer waits, as the client does not read. */
    H2_CONTROL_FLOOD,
    /** HTTP/2: any other breach of the protocol. */
    H2_PROTOCOL;

    private final String token = name().toLowerCase(Locale.ROOT);

    /** The name in metrics. */
    public String token() {
        return token;
    }
}
