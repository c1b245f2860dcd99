package dev.sallyport.relay.http.server;

/**
 * Whether one side of a transfer keeps to the least rate on average. It owes bytes for the time that the relay waits for it,
 * and pays with those that it moves. What it paid ahead counts for as long as its patience: who was fast may pause.
 */
final class Pace {
    /** Between two looks, in nanoseconds. */
    static final long LOOK = 1_000_000_000L;

    /** For how many seconds a side may be behind, or ahead. */
    static final int PATIENCE = 5;

    private final long unseen;
    private long rate;
    private long owed;
    private long moved;
    private long at;

    /** @param unseen bytes that may be on their way without being counted as moved */
    Pace(long unseen) {
        this.unseen = unseen;
    }

    /**
     * Begins a transfer.
     *
     * @param bytesPerSecond the least rate
     * @param now a time of {@link System#nanoTime()}
     */
    void begin(int bytesPerSecond, long now) {
        rate = bytesPerSecond;
        owed = 0;
        moved = 0;
        at = now;
    }

    /**
     * Looks at it. A look that comes late is the relay's own fault.
     *
     * @param movedSoFar bytes since the beginning
     * @param waitedFor whether this side is the one that is waited for now
     * @return whether it is too slow
     */
    boolean tooSlow(long now, long movedSoFar, boolean waitedFor) {
        long elapsed = Math.min(now - at, 2 * LOOK);
        long due = waitedFor ? rate * (elapsed / 1_000_000) / 1_000 : 0;
        owed = Math.max(owed + due - (movedSoFar - moved), -rate * PATIENCE);
        at = now;
        moved = movedSoFar;
        return owed > rate * PATIENCE + unseen;
    }
}
