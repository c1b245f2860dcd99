package dev.sallyport.relay.rig;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits for conditions. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration STILL = Duration.ofMillis(400);

    private Await() {}

    /** Returns when {@code value} is above 0 and does not change any more. */
    public static void stillness(String what, LongSupplier value) {
        long[] last = {0, System.nanoTime()};
        until(what, () -> {
            long now = value.getAsLong();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return now > 0 && System.nanoTime() - last[1] > STILL.toNanos();
        });
    }

    /** Returns when {@code condition} holds; fails when it does not in time. */
    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
