package dev.sallyport.relay.http.server;

/**
 * A client's wait for 100 before it sends the body that it announced (RFC 9110, section 10.1.1). The wait goes on to the
 * origin, which alone knows whether it wants the body, and what it says goes back. An origin that says nothing for a
 * while may not know the expectation: then the relay tells the client to go on, as it would do by itself some time.
 *
 * <p>Origins have lost track over this of where the next request begins. So a connection on which one was asked is used
 * again only if the origin has said 100, and a client that sends the body unasked is not taken to wait.
 */
final class Expectation {
    /** How long an origin may keep the client waiting, in nanoseconds. */
    static final long PATIENCE = 1_000_000_000L;

    static final long NEVER = Long.MAX_VALUE;

    private boolean forwarded;
    private boolean agreed;
    private long until = NEVER;

    /**
     * Begins with a request as it goes to an origin.
     *
     * @param waits whether the client does
     * @param now a time of {@link System#nanoTime()}
     */
    void begin(boolean waits, long now) {
        forwarded = waits;
        agreed = false;
        until = waits ? now + PATIENCE : NEVER;
    }

    /** Whether it goes to the origin. */
    boolean forwarded() {
        return forwarded;
    }

    /** Takes what the origin says before its response; returns whether that goes on to the client. */
    boolean passes(int interimStatus) {
        if (interimStatus != 100) {
            return true;
        }
        boolean awaited = until != NEVER;
        agreed = true;
        until = NEVER;
        return awaited;
    }

    /** The client waits no longer: it sends, or it was answered. */
    void over() {
        until = NEVER;
    }

    /** When the relay tells the client to go on, or {@link #NEVER}. */
    long until() {
        return until;
    }

    /** Whether the origin is known to read the body as the body. */
    boolean settled() {
        return agreed || !forwarded;
    }
}
