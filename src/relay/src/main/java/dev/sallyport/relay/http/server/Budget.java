package dev.sallyport.relay.http.server;

/**
 * What a peer may spend on things that cost the relay something and move nothing. It is refilled by time, and by what is
 * worth something.
 */
final class Budget {
    private static final long SECOND = 1_000_000_000L;

    private final int most;
    private final int perSecond;
    private int left;
    private long refilledAt;

    /**
     * @param most what it holds at first and at most
     * @param perSecond what comes back with time
     * @param now as of {@link System#nanoTime()}
     */
    Budget(int most, int perSecond, long now) {
        this.most = most;
        this.perSecond = perSecond;
        this.left = most;
        this.refilledAt = now;
    }

    /** Takes {@code cost}; false when that is not there. */
    boolean spend(int cost) {
        left -= cost;
        return left >= 0;
    }

    /** Gives back what the time since the last call is worth. Time counts only when somebody asks. */
    void refill(long now) {
        long earned = (now - refilledAt) / SECOND * perSecond;
        if (earned > 0) {
            refilledAt = now;
            earn((int) Math.min(earned, most));
        }
    }

    /** Gives back {@code worth}. */
    void earn(int worth) {
        left = Math.min(most, left + worth);
    }
}
