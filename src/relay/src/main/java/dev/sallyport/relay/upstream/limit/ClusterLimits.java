package dev.sallyport.relay.upstream.limit;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.ClusterMetrics;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The limits of one cluster, and one queue for each right of all loops: whoever gives a right back hands it to the one
 * that waited longest. Requests that run are counted only while their number has a limit. Thread-safe.
 */
public final class ClusterLimits {
    /** How much later than the first of the queue one may have come that is served before it, to spare a connection. */
    static final long PATIENCE = 100_000_000;

    private final ClusterMetrics metrics;
    private final int[] used = new int[Right.values().length];
    private final List<Set<Waiting>> queues = List.of(new LinkedHashSet<>(), new LinkedHashSet<>());
    private volatile CircuitBreaker most;
    private volatile boolean pressed;

    public ClusterLimits(CircuitBreaker most, ClusterMetrics metrics) {
        this.most = most;
        this.metrics = metrics;
    }

    /** Limits otherwise from now on. */
    public synchronized void limit(CircuitBreaker now) {
        most = now;
        for (Right right : Right.values()) {
            grant(right);
        }
    }

    public CircuitBreaker most() {
        return most;
    }

    /** Whether requests are to ask before they run. */
    public boolean limitsRequests() {
        return most.parallelRequests() > 0;
    }

    /** Whether somebody waits for a connection, so that idle ones should be used or closed. */
    public boolean pressed() {
        return pressed;
    }

    /** Takes a right if there is one and nobody waits for it. */
    public synchronized boolean take(Right right) {
        boolean free = queue(right).isEmpty() && free(right);
        if (free) {
            used[right.ordinal()]++;
        }
        return free;
    }

    /** Waits in the queue; false when it is full, or nobody may wait. */
    public synchronized boolean enqueue(Waiting waiting) {
        int places = most.pendingRequests();
        if (most.queueTimeout().isZero() || places > 0 && waiting() >= places) {
            metrics.refusedFull();
            return false;
        }
        queue(waiting.right).add(waiting);
        count();
        return true;
    }

    /** Waits no more. */
    public synchronized void withdraw(Waiting waiting) {
        if (queue(waiting.right).remove(waiting)) {
            count();
        } else if (waiting.granted) {
            giveBack(waiting.right);
        }
    }

    /** As {@link #withdraw}, after the longest time that one may wait. */
    public synchronized void withdrawLate(Waiting waiting) {
        metrics.refusedLate();
        withdraw(waiting);
    }

    /** Gives a right back. */
    public synchronized void giveBack(Right right) {
        used[right.ordinal()]--;
        grant(right);
    }

    /**
     * Calls the one that an idle connection of a loop is for out of the queue: the first of this loop that can use it,
     * unless one that cannot, or of another loop, has waited for much longer. It gets no right, as the connection has one.
     *
     * @param unused is run on that loop when that one had gone before it heard
     * @return false when the connection is better closed, for the first of the queue
     */
    public synchronized boolean call(Loop loop, Runnable unused) {
        Waiting first = null;
        Iterator<Waiting> queue = queue(Right.CONNECTION).iterator();
        while (queue.hasNext()) {
            Waiting next = queue.next();
            first = first == null ? next : first;
            if (next.since - first.since > PATIENCE) {
                return false;
            }
            if (next.loop == loop && next.reuses) {
                queue.remove();
                count();
                next.call(unused);
                return true;
            }
        }
        return first == null;
    }

    /** Lets all go on that wait, as the cluster is gone. */
    public void dissolve() {
        limit(new CircuitBreaker(0, 0, 0, most.queueTimeout()));
    }

    private void grant(Right right) {
        Iterator<Waiting> queue = queue(right).iterator();
        while (free(right) && queue.hasNext()) {
            Waiting next = queue.next();
            queue.remove();
            used[right.ordinal()]++;
            next.granted = true;
            next.resume();
        }
        count();
    }

    private boolean free(Right right) {
        int limit = right.most(most);
        return limit == 0 || used[right.ordinal()] < limit;
    }

    private Set<Waiting> queue(Right right) {
        return queues.get(right.ordinal());
    }

    private int waiting() {
        return queues.getFirst().size() + queues.getLast().size();
    }

    private void count() {
        pressed = !queue(Right.CONNECTION).isEmpty();
        metrics.waiting(waiting());
    }

    /** One request that waits, once. */
    public abstract static class Waiting {
        private final Loop loop;
        private final Right right;
        private final boolean reuses;
        private final long since;
        private boolean granted;

        /**
         * @param loop where it waits
         * @param reuses whether a connection that was used before would do
         * @param since when it began to wait
         */
        protected Waiting(Loop loop, Right right, boolean reuses, long since) {
            this.loop = loop;
            this.right = right;
            this.reuses = reuses;
            this.since = since;
        }

        public Right right() {
            return right;
        }

        /** Is told once that it may go on, if it was not withdrawn before: from any thread, under the lock of the limits. */
        protected abstract void resume();

        /** Is told once, in place of that, that an idle connection of its loop is for it. */
        protected abstract void call(Runnable unused);
    }
}
