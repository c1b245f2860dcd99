package dev.sallyport.relay.upstream;

import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.relay.http.client.OriginConnection;
import dev.sallyport.relay.record.LoopMetrics;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The idle connections of one loop to one destination, all of whose parts are alike for every request that may use them. */
final class Pool implements OriginConnection.Home {
    /** Below the 60 to 75 seconds after which most servers close an idle connection themselves. */
    private static final long KEEP_NANOS = 50_000_000_000L;

    private static final int MOST_IDLE = 512;

    private final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
    private final LoopMetrics metrics;
    private final Runnable deserted;
    private int open;
    private boolean retired;

    /** @param deserted is run when the last connection, idle or in use, has gone */
    Pool(LoopMetrics metrics, Runnable deserted) {
        this.metrics = metrics;
        this.deserted = deserted;
    }

    /** A pool whose connections serve one request. */
    static Pool retired(LoopMetrics metrics) {
        Pool pool = new Pool(metrics, () -> {});
        pool.retire();
        return pool;
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
            if (guarded != null && guarded.enforced()) {
                last.close();
            } else {
                taken = last;
            }
        }
        return taken;
    }

    /** Closes what is idle, and from now on whatever comes back. */
    void retire() {
        retired = true;
        while (!idle.isEmpty()) {
            idle.removeLast().close();
        }
    }

    @Override
    public void idle(OriginConnection connection) {
        if (retired) {
            connection.close();
            return;
        }
        if (idle.size() == MOST_IDLE) {
            idle.removeFirst().close();
        }
        connection.keepUntil(System.nanoTime() + KEEP_NANOS);
        idle.addLast(connection);
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
