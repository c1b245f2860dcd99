package dev.sallyport.relay.loop;

import java.util.function.LongSupplier;

/**
 * Whether a loop has more to do than it can: its ticks have come late for a while, or the buffers of the process take most
 * of the memory that there is for them. One long pause is none. For the thread of the loop.
 */
final class Strain {
    /** As late as this, all that a loop serves waits as long. */
    static final long LATE_NANOS = 500_000_000L;

    /** So many late ticks one after another are no accident. */
    static final int LATE_TICKS = 4;

    /** Between looks at the memory: it has to be summed up. */
    static final long LOOK_NANOS = 1_000_000_000L;

    private final long mostBytes;
    private final LongSupplier bytes;
    private long last;
    private long looked;
    private int late;
    private boolean full;

    /**
     * @param now a time of {@link System#nanoTime()}
     * @param bytes that buffers take at the moment
     * @param mostBytes that they should
     */
    Strain(long now, LongSupplier bytes, long mostBytes) {
        this.last = now;
        this.looked = now;
        this.bytes = bytes;
        this.mostBytes = mostBytes;
    }

    /** The loop has come to one of its ticks, which are {@code period} nanoseconds apart when it has time. */
    void tick(long now, long period) {
        late = now - last - period >= LATE_NANOS ? late + 1 : 0;
        last = now;
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            full = bytes.getAsLong() > mostBytes;
        }
    }

    /** Whether the loop should take on nothing new. */
    boolean tooMuch() {
        return full || late >= LATE_TICKS;
    }
}
