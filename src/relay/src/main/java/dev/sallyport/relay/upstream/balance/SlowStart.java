package dev.sallyport.relay.upstream.balance;

/** How the share of a new or recovered endpoint grows: evenly over its time, and never below a tenth. */
public final class SlowStart {
    /** The weight of an endpoint that has its full share. */
    public static final int FULL = 1000;

    static final int LEAST = 100;

    private SlowStart() {}

    /**
     * From {@link #LEAST} to {@link #FULL}.
     *
     * @param elapsed since the endpoint came or came back
     * @param time over which it comes to its full share; 0: at once
     */
    public static int weight(long elapsed, long time) {
        return elapsed >= time ? FULL : Math.max(LEAST, (int) (elapsed * (double) FULL / time));
    }
}
