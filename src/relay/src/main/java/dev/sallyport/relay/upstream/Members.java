package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.LoopMetrics;
import dev.sallyport.relay.upstream.balance.Balancer;
import dev.sallyport.relay.upstream.balance.EndpointState;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster as one loop sees it: its endpoints of the moment, the requests that run on each, and a pool for each. */
final class Members {
    private final Loop loop;
    private final LoopMetrics metrics;
    private final Map<EndpointState, Pool> pools = new IdentityHashMap<>();
    private Cluster cluster;
    private Balancer balancer;
    private Keeping keeping;
    private EndpointState[] states = {};

    Members(Cluster cluster, Loop loop, LoopMetrics metrics) {
        this.loop = loop;
        this.metrics = metrics;
        this.cluster = cluster;
        this.balancer = Balancer.of(cluster.balancing(), loop.random());
        this.keeping = Keeping.of(cluster.connections());
    }

    /** Goes on as a changed cluster; false when its connections would be other ones. */
    boolean become(Cluster next) {
        if (!next.sameConnections(cluster)) {
            return false;
        }
        if (next.balancing() != cluster.balancing()) {
            balancer = Balancer.of(next.balancing(), loop.random());
        }
        cluster = next;
        keeping = Keeping.of(next.connections());
        pools.values().forEach(pool -> pool.keep(keeping));
        return true;
    }

    Cluster cluster() {
        return cluster;
    }

    /** The endpoints have changed. Those that are gone get no more requests; what runs on them goes on. */
    void update(List<Endpoint> now) {
        EndpointState[] before = states;
        states = EndpointState.update(before, now);
        for (EndpointState state : states) {
            pools.computeIfAbsent(state, added -> new Pool(metrics, keeping, () -> {}));
        }
        List<EndpointState> staying = List.of(states);
        for (EndpointState state : before) {
            if (!staying.contains(state)) {
                Pool pool = pools.remove(state);
                if (pool != null) {
                    pool.retire();
                }
            }
        }
    }

    void retire() {
        update(List.of());
    }

    /** An endpoint that was not tried yet, or null. */
    @Nullable
    EndpointState pick(List<EndpointState> tried) {
        return balancer.pick(states, tried);
    }

    /** The pool of an endpoint that was just picked. */
    Pool pool(EndpointState endpoint) {
        Pool pool = pools.get(endpoint);
        return pool == null ? Pool.retired(metrics) : pool;
    }
}
