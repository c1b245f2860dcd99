package dev.sallyport.relay.upstream.endpoints;

import java.time.Duration;

/**
 * How patient a watch is.
 *
 * @param answer to connect, and for the head of an answer
 * @param silence without a byte, after which a connection counts as dead; the API server sends a bookmark each minute
 * @param firstWait after the first failure
 * @param longestWait after many failures
 */
public record Pace(Duration answer, Duration silence, Duration firstWait, Duration longestWait) {
    /** For real clusters. */
    public static final Pace USUAL =
            new Pace(Duration.ofSeconds(10), Duration.ofSeconds(150), Duration.ofMillis(200), Duration.ofSeconds(15));
}
