package dev.sallyport.relay.upstream.endpoints;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after failures in a row: from {@code first}, doubling up to {@code most}, each shortened at random
 * by up to a half, so that relays which failed together do not come back together.
 */
final class Backoff {
    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private long next;

    Backoff(Duration first, Duration most, RandomGenerator random) {
        this.first = first;
        this.most = most;
        this.random = random;
        reset();
    }

    /** The wait after one more failure. */
    Duration failed() {
        long now = next;
        next = Math.min(next * 2, most.toNanos());
        return Duration.ofNanos(now - random.nextLong(now / 2 + 1));
    }

    /** It works again. */
    void reset() {
        next = first.toNanos();
    }
}
