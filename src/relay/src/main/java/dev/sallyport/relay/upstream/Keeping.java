package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.OriginConnections;

/**
 * How long connections are kept for further requests.
 *
 * @param idleNanos without a request; 0: not at all
 * @param maxRequests the most that one carries; 0: no limit
 * @param ageNanos since it was made; 0: no limit
 */
record Keeping(long idleNanos, int maxRequests, long ageNanos) {
    static final Keeping NOT = new Keeping(0, 0, 0);

    /**
     * To destinations that clients name. Below the 60 to 75 seconds after which most servers close an idle connection
     * themselves; and however busy, not for so long that a change in the DNS would never come through.
     */
    static final Keeping NAMED = new Keeping(50_000_000_000L, 0, 300_000_000_000L);

    static Keeping of(OriginConnections connections) {
        boolean onBehalfOfOne = connections.proxyProtocol() != null;
        return onBehalfOfOne || connections.reuse() == OriginConnections.Reuse.NEVER
                ? NOT
                : new Keeping(connections.keepalive().toNanos(), connections.maxRequests(), 0);
    }

    boolean any() {
        return idleNanos > 0;
    }

    /** Whether a connection over which some requests went may carry another. */
    boolean carriesMore(long requests) {
        return maxRequests == 0 || requests < maxRequests;
    }

    /**
     * Whether a connection may serve one more request.
     *
     * @param requests that went over it
     * @param since when it was made
     */
    boolean keeps(long requests, long since, long now) {
        return any() && carriesMore(requests) && (ageNanos == 0 || now - since < ageNanos);
    }
}
