package dev.sallyport.relay.tls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The keys of session tickets (RFC 8446, section 4.6.1): new ones are made every few hours, and the ones before read
 * tickets for as long as those hold. They are never outside of the process. Thread-safe.
 */
final class Tickets<K> {
    /** How long new tickets are made with one key. */
    static final Duration TURN = Duration.ofHours(4);

    /** How long a ticket holds. */
    static final Duration LIFE = TURN;

    private static final int KEPT = 2;

    private final Supplier<K> maker;
    private List<K> keys;
    private volatile long turnAt;

    Tickets(Supplier<K> maker, long now) {
        this.maker = maker;
        this.keys = List.of(maker.get());
        this.turnAt = now + TURN.toNanos();
    }

    /** The keys, the one for new tickets first. */
    synchronized List<K> keys() {
        return keys;
    }

    /**
     * Makes a new key when it is time.
     *
     * @return whether there is one
     */
    boolean turn(long now) {
        return now - turnAt >= 0 && turnNow(now);
    }

    private synchronized boolean turnNow(long now) {
        if (now - turnAt < 0) {
            return false;
        }
        // Nothing that was made with a key holds any more when two turns have passed.
        boolean late = now - turnAt >= TURN.toNanos();
        List<K> next = new ArrayList<>(KEPT);
        next.add(maker.get());
        if (!late) {
            next.add(keys.getFirst());
        }
        keys = List.copyOf(next);
        turnAt = now + TURN.toNanos();
        return true;
    }
}
