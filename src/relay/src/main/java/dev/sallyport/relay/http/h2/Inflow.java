package dev.sallyport.relay.http.h2;

/**
 * The window of a stream or of a connection for what its peer sends (RFC 9113, section 5.2): how much may still come, and
 * how much was taken since the peer was last told.
 */
public final class Inflow {
    private final int size;
    private int window;
    private int taken;

    /** @param size how much the peer may send ahead */
    public Inflow(int size) {
        this.size = size;
        this.window = size;
    }

    /** Begins anew. */
    public void reset() {
        window = size;
        taken = 0;
    }

    /** Takes note of what arrived; false when that is more than the peer may send. */
    public boolean arrived(int bytes) {
        window -= bytes;
        return window >= 0;
    }

    /**
     * Takes note of what was taken by whom it is for.
     *
     * @return the increment to tell the peer now, or 0
     */
    public int taken(int bytes) {
        taken += bytes;
        if (taken < size / 2) {
            return 0;
        }
        int increment = taken;
        taken = 0;
        window += increment;
        return increment;
    }
}
