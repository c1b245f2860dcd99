package dev.sallyport.relay.loop;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the end of a loop's round, when all has been read that had arrived by its beginning. One kind of work done
 * for many connections in a row takes less time than all kinds for one after another. For one thread.
 */
public final class Round {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Round.class);
    private static final int INITIAL = 64;

    private final Executor thread;
    private final Runnable end = this::end;
    private @Nullable Runnable[] waiting = new @Nullable Runnable[INITIAL];
    private int count;

    /** @param thread runs what it is given after all that has arrived was read */
    public Round(Executor thread) {
        this.thread = thread;
    }

    /** Runs {@code task} at the end, after those that wait already. It may ask for another one, which then runs too. */
    public void atEnd(Runnable task) {
        if (count == 0) {
            thread.execute(end);
        }
        if (count == waiting.length) {
            waiting = Arrays.copyOf(waiting, count * 2);
        }
        waiting[count++] = task;
    }

    private void end() {
        for (int next = 0; next < count; next++) {
            Runnable task = waiting[next];
            waiting[next] = null;
            try {
                if (task != null) {
                    task.run();
                }
            } catch (RuntimeException e) {
                LOG.error("what waited for the end of a round failed", e);
            }
        }
        count = 0;
    }
}
