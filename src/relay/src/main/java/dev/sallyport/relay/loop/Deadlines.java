package dev.sallyport.relay.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one loop, on a wheel of slots, coarse by one {@linkplain #TICK tick}. To set, move or clear one costs
 * a few stores and no allocation: a deadline that moved later stays where it is filed, and is filed anew when its slot
 * comes up. Times are those of {@link System#nanoTime()}. For one thread.
 */
public final class Deadlines {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Deadlines.class);

    private static final int TICK_SHIFT = 26;

    /** The precision in nanoseconds, about 67 milliseconds. A deadline expires up to this much late, never early. */
    public static final long TICK = 1L << TICK_SHIFT;

    private static final int SLOTS = 1024;

    private final @Nullable Deadline[] slots = new @Nullable Deadline[SLOTS];
    private long tick;

    public Deadlines(long now) {
        tick = now >> TICK_SHIFT;
    }

    /** A deadline, not set yet. */
    public Deadline deadline(Expiry expiry) {
        return new Deadline(this, expiry);
    }

    /** Expires all that is due at {@code now}. */
    public void advance(long now) {
        long until = now >> TICK_SHIFT;
        tick = Math.max(tick, until - SLOTS);
        while (tick < until) {
            tick++;
            int slot = (int) (tick & (SLOTS - 1));
            for (Deadline due = slots[slot]; due != null; due = slots[slot]) {
                unfile(due);
                try {
                    due.visit(now);
                } catch (RuntimeException e) {
                    LOG.error("what a deadline was set for failed", e);
                }
            }
        }
    }

    /** Into the slot of its time, or the farthest that there is; never into the one that is being visited. */
    void file(Deadline deadline) {
        deadline.slot = (int) (Math.clamp(tickOf(deadline.at), tick + 1, tick + SLOTS - 1) & (SLOTS - 1));
        Deadline head = slots[deadline.slot];
        deadline.next = head;
        if (head != null) {
            head.previous = deadline;
        }
        slots[deadline.slot] = deadline;
    }

    void unfile(Deadline deadline) {
        Deadline next = deadline.next;
        Deadline previous = deadline.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[deadline.slot] = next;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.slot = Deadline.NOT_FILED;
    }

    /** The first tick at which {@code nanos} has passed. */
    static long tickOf(long nanos) {
        return (nanos >> TICK_SHIFT) + 1;
    }

    /** What happens when a deadline has passed. */
    @FunctionalInterface
    public interface Expiry {
        void expired(long now);
    }
}
