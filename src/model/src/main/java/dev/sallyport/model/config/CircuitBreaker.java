package dev.sallyport.model.config;

import java.time.Duration;

/**
 * The most that one relay asks of a cluster at a time. What is beyond is answered 503. A limit of 0 is none.
 *
 * @param connections open connections
 * @param pendingRequests requests that wait until they may have a connection or may run
 * @param parallelRequests requests and tunnels that run
 * @param queueTimeout how long one waits; 0: not at all
 */
public record CircuitBreaker(int connections, int pendingRequests, int parallelRequests, Duration queueTimeout) {
    /** What holds where nothing is said. */
    public static final CircuitBreaker DEFAULT = new CircuitBreaker(0, 1024, 0, Duration.ofSeconds(2));
}
