package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.role.Destination;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.LoopMetrics;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.upstream.health.EndpointHealth;
import dev.sallyport.relay.upstream.names.Names;
import dev.sallyport.relay.upstream.names.ResolverSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All destinations of one loop. To be used on that loop alone. */
public final class Upstreams {
    private final Loop loop;
    private final LoopMetrics metrics;
    private final Names names;
    private final Map<String, Members> clusters = new HashMap<>();

    /** Only pools that have connections, so that the names that clients make up do not pile up. */
    private final Map<Destination.Named, Pool> named = new HashMap<>();

    /** @param names whom to ask for names that {@code /etc/hosts} does not have */
    public Upstreams(Loop loop, LoopMetrics metrics, Supplier<ResolverSettings> names) {
        this.loop = loop;
        this.metrics = metrics;
        this.names = new Names(loop, metrics, names);
    }

    /**
     * Adds a cluster, or changes the one of its id, whose connections stay unless they would be made otherwise now. A new
     * one has no endpoints until they are {@linkplain #endpoints told}.
     */
    public void put(Cluster cluster, @Nullable ClientTls tls, ClusterShare share) {
        Members known = clusters.get(cluster.id());
        if (known == null || !known.become(cluster, tls)) {
            remove(cluster.id());
            clusters.put(cluster.id(), new Members(cluster, tls, share, loop, metrics));
        }
    }

    /** Removes a cluster: its idle connections are closed, what runs goes on. */
    public void remove(String cluster) {
        Members gone = clusters.remove(cluster);
        if (gone != null) {
            gone.retire();
        }
    }

    /** Tells the endpoints of a cluster. Those of another than the present one of its id are passed over. */
    public void endpoints(Cluster cluster, List<EndpointHealth> endpoints) {
        Members known = clusters.get(cluster.id());
        if (known != null && known.cluster() == cluster) {
            known.update(endpoints);
        }
    }

    /** Closes what is idle, for good. */
    public void close() {
        List.copyOf(clusters.keySet()).forEach(this::remove);
        List.copyOf(named.values()).forEach(Pool::retire);
        names.close();
    }

    Loop loop() {
        return loop;
    }

    LoopMetrics metrics() {
        return metrics;
    }

    Names names() {
        return names;
    }

    @Nullable
    Members cluster(String id) {
        return clusters.get(id);
    }

    /** The pool of a destination that a client named, or null when it has no connection. */
    @Nullable
    Pool known(Destination.Named destination) {
        return named.get(destination);
    }

    /** The pool for a new connection to a destination that a client named. */
    Pool pool(Destination.Named destination) {
        return named.computeIfAbsent(
                destination, key -> new Pool(metrics, Keeping.NAMED, () -> named.remove(key), () -> {}));
    }
}
