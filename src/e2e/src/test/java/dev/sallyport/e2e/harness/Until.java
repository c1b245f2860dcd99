package dev.sallyport.e2e.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for conditions, each with a deadline. */
public final class Until {
    private static final long PAUSE = Duration.ofMillis(100).toNanos();

    private Until() {}

    /** What the attempt returns as soon as it throws no {@link AssertionError}; after the limit, that error. */
    public static <T> T holds(Duration limit, Supplier<T> attempt) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return attempt.get();
            } catch (AssertionError e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("not within " + limit.toSeconds() + " s: " + e.getMessage(), e);
                }
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    /** Waits until the attempt throws no {@link AssertionError}. */
    public static void holds(Duration limit, Runnable attempt) {
        holds(limit, () -> {
            attempt.run();
            return true;
        });
    }
}
