package dev.sallyport.model.config;

import java.time.Duration;

/**
 * What one client connection may take of the relay.
 *
 * @param headerBytes the most that a request's head may have, in bytes; more is answered 431, or 414 for its first line
 * @param requestBodyBytes the most that a request's body may have, in bytes; more is answered 413. 0: no limit
 * @param headerTimeout from the first byte of a head to its last; later is answered 408
 * @param idleTimeout between requests of a connection, then it is closed without a word
 */
public record ClientLimits(int headerBytes, long requestBodyBytes, Duration headerTimeout, Duration idleTimeout) {}
