package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.LoopMetrics;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.upstream.balance.Balancer;
import dev.sallyport.relay.upstream.balance.EndpointState;
import dev.sallyport.relay.upstream.balance.SlowStart;
import dev.sallyport.relay.upstream.health.ClusterHealth;
import dev.sallyport.relay.upstream.health.EndpointHealth;
import dev.sallyport.relay.upstream.limit.ClusterLimits;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster as one loop sees it: its endpoints of the moment, the requests that run on each, and a pool for each. */
final class Members {
    private final ClusterShare share;
    private final ClusterHealth health;
    private final Loop loop;
    private final LoopMetrics metrics;
    private final Map<EndpointState, Pool> pools = new IdentityHashMap<>();
    private final Map<EndpointState, SharedPool> shared = new IdentityHashMap<>();
    private final @Nullable ClientTls tls;
    private Cluster cluster;
    private Balancer balancer;
    private Keeping keeping;
    private EndpointState[] states = {};

    /** Those that may be picked: the healthy ones, or all when none is. */
    private EndpointState[] usable = states;

    private int seen;

    /** Whether some may have less than their full share, until {@link #warmAt}. */
    private boolean warming;

    private long warmAt;

    Members(Cluster cluster, @Nullable ClientTls tls, ClusterShare share, Loop loop, LoopMetrics metrics) {
        this.share = share;
        this.health = share.health();
        this.loop = loop;
        this.metrics = metrics;
        this.cluster = cluster;
        this.tls = tls;
        this.balancer = Balancer.of(cluster.balancing(), loop.random());
        this.keeping = Keeping.of(cluster.connections());
        share.shedsBy(loop, this::shed);
    }

    /** Goes on as a changed cluster; false when its connections would be other ones. */
    boolean become(Cluster next, @Nullable ClientTls nextTls) {
        if (!next.sameConnections(cluster) || nextTls != tls) {
            return false;
        }
        if (next.balancing() != cluster.balancing()) {
            balancer = Balancer.of(next.balancing(), loop.random());
        }
        cluster = next;
        look();
        keeping = Keeping.of(next.connections());
        pools.values().forEach(pool -> pool.keep(keeping));
        shared.values().forEach(pool -> pool.keep(next.connectTimeout(), keeping));
        return true;
    }

    Cluster cluster() {
        return cluster;
    }

    /** How TLS is begun with its endpoints; null: it is not. */
    @Nullable
    ClientTls tls() {
        return tls;
    }

    /** The endpoints have changed. Those that are gone get no more requests; what runs on them goes on. */
    void update(List<EndpointHealth> now) {
        EndpointState[] before = states;
        states = EndpointState.update(before, now);
        for (EndpointState state : states) {
            pools.computeIfAbsent(state, added -> new Pool(metrics, keeping, () -> {}, this::idle));
        }
        List<EndpointState> staying = List.of(states);
        for (EndpointState state : before) {
            if (!staying.contains(state)) {
                Pool pool = pools.remove(state);
                if (pool != null) {
                    pool.retire();
                }
                SharedPool streams = shared.remove(state);
                if (streams != null) {
                    streams.retire();
                }
            }
        }
        look();
    }

    private void look() {
        seen = health.version();
        EndpointState[] healthy =
                Arrays.stream(states).filter(state -> state.health().usable()).toArray(EndpointState[]::new);
        usable = healthy.length == 0 ? states : healthy;
        warming = false;
        long time = cluster.slowStart().toNanos();
        for (EndpointState state : usable) {
            state.weigh(SlowStart.FULL);
            long since = state.health().since();
            if (time > 0 && since != EndpointHealth.OF_OLD) {
                warmAt = warming ? Math.max(warmAt, since + time) : since + time;
                warming = true;
            }
        }
    }

    private void weigh(long now) {
        long time = cluster.slowStart().toNanos();
        for (EndpointState state : usable) {
            long since = state.health().since();
            if (since != EndpointHealth.OF_OLD) {
                state.weigh(SlowStart.weight(now - since, time));
            }
        }
        warming = now - warmAt < 0;
    }

    void retire() {
        update(List.of());
    }

    /** Whether requests to an endpoint that was just picked share connections. */
    boolean shares(EndpointState endpoint) {
        return switch (cluster.protocol()) {
            case HTTP11, TCP -> false;
            case H2C, HTTP2 -> true;
            case NEGOTIATED -> !shared(endpoint).old();
        };
    }

    /** The shared connections of an endpoint that was just picked. */
    SharedPool shared(EndpointState endpoint) {
        SharedPool known = shared.get(endpoint);
        if (known != null) {
            return known;
        }
        SharedPool made = new SharedPool(
                loop, metrics, endpoint.address(), tls, limits(), this::makeRoom, cluster.connectTimeout(), keeping);
        if (List.of(states).contains(endpoint)) {
            shared.put(endpoint, made);
        } else {
            made.retire();
        }
        return made;
    }

    /** An endpoint that was not tried yet, or null. */
    @Nullable
    EndpointState pick(List<EndpointState> tried) {
        if (health.version() != seen) {
            look();
        }
        if (warming) {
            weigh(System.nanoTime());
        }
        return balancer.pick(usable, tried, warming);
    }

    ClusterLimits limits() {
        return share.limits();
    }

    /** An endpoint that was not tried and has an idle connection, or null. */
    @Nullable
    EndpointState pickIdle(List<EndpointState> tried) {
        for (EndpointState state : usable) {
            Pool pool = pools.get(state);
            if (pool != null && pool.hasIdle() && !tried.contains(state)) {
                return state;
            }
        }
        return null;
    }

    /** Closes an idle connection, here or on the other loops, so that the one that waits longest can open its own. */
    void makeRoom() {
        if (!shed()) {
            share.shedElsewhere(loop);
        }
    }

    private boolean shed() {
        for (Pool pool : pools.values()) {
            if (pool.shed()) {
                return true;
            }
        }
        for (SharedPool pool : shared.values()) {
            if (pool.shed()) {
                return true;
            }
        }
        return false;
    }

    /** A connection has become idle while others may wait for one. */
    private void idle() {
        if (limits().pressed() && !limits().call(loop, this::idle)) {
            shed();
        }
    }

    /** The pool of an endpoint that was just picked. */
    Pool pool(EndpointState endpoint) {
        Pool pool = pools.get(endpoint);
        return pool == null ? Pool.retired(metrics) : pool;
    }
}
