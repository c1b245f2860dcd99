package dev.sallyport.relay.upstream;

import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.relay.http.client.OriginConnection;
import dev.sallyport.relay.record.LoopMetrics;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The idle connections of one loop to one destination, all of whose parts are alike for every request that may use them. */
final class Pool implements OriginConnection.Home {
    private static final int MOST_IDLE = 512;

    private final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
    private final LoopMetrics metrics;
    private final Runnable deserted;
    private final Runnable rested;
    private Keeping keeping;
    private int open;
    private boolean retired;

    /**
     * @param deserted is run when the last connection, idle or in use, has gone
     * @param rested is run when a connection has become idle
     */
    Pool(LoopMetrics metrics, Keeping keeping, Runnable deserted, Runnable rested) {
        this.metrics = metrics;
        this.keeping = keeping;
        this.deserted = deserted;
        this.rested = rested;
    }

    /** A pool whose connections serve one request. */
    static Pool retired(LoopMetrics metrics) {
        Pool pool = new Pool(metrics, Keeping.NOT, () -> {}, () -> {});
        pool.retire();
        return pool;
    }

    /** Keeps connections otherwise from now on; those that are idle already, as they come up. */
    void keep(Keeping now) {
        keeping = now;
        if (!now.any()) {
            closeIdle();
        }
    }

    /** A connection of this pool was made. */
    void opened() {
        open++;
    }

    /** The connection that was used last and whose address the policy lets through, or null. */
    @Nullable
    OriginConnection take(AddressPolicy policy) {
        OriginConnection taken = null;
        while (taken == null && !idle.isEmpty()) {
            OriginConnection last = idle.removeLast();
            var address = last.address();
            AddressPolicy.Guarded guarded = policy.judge(address.getAddress(), address.getPort());
            if (guarded != null && guarded.enforced() || !keeps(last, System.nanoTime())) {
                last.close();
            } else {
                taken = last;
            }
        }
        return taken;
    }

    private boolean keeps(OriginConnection connection, long now) {
        return keeping.keeps(connection.requests(), connection.since(), now);
    }

    boolean hasIdle() {
        return !idle.isEmpty();
    }

    /** Closes the connection that has been idle for longest; false when there is none. */
    boolean shed() {
        OriginConnection oldest = idle.pollFirst();
        if (oldest != null) {
            oldest.close();
        }
        return oldest != null;
    }

    /** Closes what is idle, and from now on whatever comes back. */
    void retire() {
        retired = true;
        closeIdle();
    }

    private void closeIdle() {
        while (!idle.isEmpty()) {
            idle.removeLast().close();
        }
    }

    @Override
    public void idle(OriginConnection connection) {
        long now = System.nanoTime();
        if (retired || !keeps(connection, now)) {
            connection.close();
            return;
        }
        if (idle.size() == MOST_IDLE) {
            idle.removeFirst().close();
        }
        connection.keepUntil(now + keeping.idleNanos());
        idle.addLast(connection);
        rested.run();
    }

    @Override
    public void gone(OriginConnection connection) {
        metrics.upstreamClosed();
        idle.remove(connection);
        handedOver(connection);
    }

    @Override
    public void handedOver(OriginConnection connection) {
        if (--open == 0) {
            deserted.run();
        }
    }
}
