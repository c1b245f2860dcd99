package dev.sallyport.operator.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a deadline. */
public final class Until {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    private Until() {}

    /** An assertion that may hold only later. */
    public interface Check {
        void run() throws Exception;
    }

    /** Repeats {@code check} until it passes; gives its last failure when it does not in time. */
    public static void passes(Check check) {
        Instant deadline = Instant.now().plus(DEADLINE);
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
