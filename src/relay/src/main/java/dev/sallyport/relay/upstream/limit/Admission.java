package dev.sallyport.relay.upstream.limit;

import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import org.jspecify.annotations.Nullable;

/** The rights that one request has, and its waiting for one. It is used again for one request after another, on one loop. */
public final class Admission {
    private final Loop loop;
    private final Listener listener;
    private final Deadline limit;
    private @Nullable ClusterLimits runs;
    private @Nullable ClusterLimits connects;
    private @Nullable ClusterLimits queue;
    private @Nullable Turn turn;
    private boolean called;
    private long since;

    public Admission(Loop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
        this.limit = loop.deadline(now -> late());
    }

    /** Whether the request may run. If not, the listener hears when it may, or that it will not. */
    public boolean run(ClusterLimits limits) {
        if (runs != null || !limits.limitsRequests()) {
            return true;
        }
        if (limits.take(Right.RUN)) {
            runs = limits;
            return true;
        }
        await(limits, Right.RUN, true);
        return false;
    }

    /** Whether it is this request's turn to use an idle connection. */
    public boolean mayUseIdle(ClusterLimits limits) {
        return called || connects != null || !limits.pressed();
    }

    /** Whether the request may open a connection at once. */
    public boolean connect(ClusterLimits limits) {
        if (connects == null && limits.take(Right.CONNECTION)) {
            connects = limits;
        }
        return connects != null;
    }

    /**
     * Waits until it may open a connection. The listener hears of it.
     *
     * @param reuses whether a connection that was used before would do
     * @return false when it may not even wait, and the listener has heard so
     */
    public boolean awaitConnection(ClusterLimits limits, boolean reuses) {
        return await(limits, Right.CONNECTION, reuses);
    }

    /** The right to a connection goes to the connection, whose end gives it back. */
    public @Nullable ClusterLimits handOver() {
        ClusterLimits given = connects;
        connects = null;
        called = false;
        return given;
    }

    /** Needs no new connection any more, nor waits for one. */
    public void leave() {
        called = false;
        Turn waits = turn;
        if (waits != null && queue != null) {
            turn = null;
            limit.clear();
            queue.withdraw(waits);
        }
        if (connects != null) {
            connects.giveBack(Right.CONNECTION);
            connects = null;
        }
    }

    /** The request has ended. */
    public void end() {
        leave();
        if (runs != null) {
            runs.giveBack(Right.RUN);
            runs = null;
        }
    }

    /** Ends it for good. */
    public void close() {
        end();
        limit.remove();
    }

    private boolean await(ClusterLimits limits, Right right, boolean reuses) {
        long now = System.nanoTime();
        // Called in vain, it goes on waiting as if it had not been.
        since = called ? since : now;
        called = false;
        Turn waits = new Turn(right, reuses, since);
        turn = waits;
        queue = limits;
        limit.set(since + limits.most().queueTimeout().toNanos());
        if (limits.enqueue(waits)) {
            return true;
        }
        turn = null;
        limit.clear();
        listener.notAdmitted("The backend has as many requests as it may have.");
        return false;
    }

    private void late() {
        Turn waits = turn;
        if (waits != null && queue != null) {
            turn = null;
            queue.withdrawLate(waits);
            listener.notAdmitted("The backend has as many requests as it may have, and none ended in time.");
        }
    }

    /** One wait. What comes after it was withdrawn, or when another one has begun, is passed over. */
    private final class Turn extends ClusterLimits.Waiting {
        Turn(Right right, boolean reuses, long since) {
            super(loop, right, reuses, since);
        }

        @Override
        protected void resume() {
            loop.thread().execute(() -> {
                if (turn == this && queue != null) {
                    turn = null;
                    limit.clear();
                    switch (right()) {
                        case RUN -> runs = queue;
                        case CONNECTION -> connects = queue;
                    }
                    listener.admitted();
                }
            });
        }

        @Override
        protected void call(Runnable unused) {
            loop.thread().execute(() -> {
                if (turn == this) {
                    turn = null;
                    limit.clear();
                    called = true;
                    listener.admitted();
                } else {
                    unused.run();
                }
            });
        }
    }

    /** Is told what came of waiting, on the loop. */
    public interface Listener {
        /** It may go on. */
        void admitted();

        /** There is no place, or none in time. */
        void notAdmitted(String detail);
    }
}
