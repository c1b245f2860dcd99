package dev.sallyport.model.config;

import java.time.Duration;

/**
 * What clients may take of a listener.
 *
 * @param connections open connections on one relay, after which new ones are closed at once; 0: no limit
 * @param connectionsPerAddress those of one client address; 0: no limit
 * @param headerBytes the most that a request's head may have, in bytes; more is answered 431, or 414 for its first line
 * @param requestBodyBytes the most that a request's body may have, in bytes; more is answered 413. 0: no limit
 * @param headerTimeout from the first byte of a head, or of TLS, to its last; later is answered 408
 * @param bodyMinRate the bytes a second that a request's body must come with, and a response be taken with, on average
 *     after some seconds of patience; slower is answered 408 or cut off. 0: no limit
 * @param idleTimeout between requests of a connection, then it is closed without a word
 */
public record ClientLimits(
        int connections,
        int connectionsPerAddress,
        int headerBytes,
        long requestBodyBytes,
        Duration headerTimeout,
        int bodyMinRate,
        Duration idleTimeout) {

    /** Without a limit on connections and rates. */
    public ClientLimits(int headerBytes, long requestBodyBytes, Duration headerTimeout, Duration idleTimeout) {
        this(0, 0, headerBytes, requestBodyBytes, headerTimeout, 0, idleTimeout);
    }
}
