package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.ClusterMetrics;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.upstream.health.ClusterHealth;
import dev.sallyport.relay.upstream.health.EndpointHealth;
import dev.sallyport.relay.upstream.limit.ClusterLimits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What all loops share of one cluster, for as long as a cluster of its id is served. What time does to it happens on one
 * loop. Thread-safe.
 */
public final class ClusterShare {
    private static final long NEVER = Long.MAX_VALUE;

    private final Loop home;
    private final ClusterHealth health;
    private final ClusterLimits limits;
    private final Checks checks;
    private final Deadline ejectionsEnd;
    private final Map<Loop, Runnable> sheds = new ConcurrentHashMap<>();
    private Cluster cluster;

    /** @param home the loop that ends ejections and checks endpoints */
    public ClusterShare(Cluster cluster, Loop home, ClusterMetrics metrics, Events events) {
        this.cluster = cluster;
        this.home = home;
        this.health = new ClusterHealth(cluster.health(), new Told(cluster.id(), metrics, events));
        this.checks = new Checks(cluster, home, health, metrics);
        this.limits = new ClusterLimits(cluster.limits(), metrics);
        this.ejectionsEnd = home.deadline(this::endEjections);
    }

    /**
     * The cluster has changed, or is new.
     *
     * @param tls how TLS is begun with its endpoints; null: it is not
     */
    public synchronized void become(Cluster next, @Nullable ClientTls tls) {
        if (!next.health().equals(cluster.health())) {
            health.check(next.health(), System.nanoTime());
        }
        if (!next.limits().equals(cluster.limits())) {
            limits.limit(next.limits());
        }
        home.run(() -> checks.become(next, tls));
        cluster = next;
    }

    /** What is known of the endpoints of {@code of}; null when the cluster is another one by now. */
    public synchronized @Nullable List<EndpointHealth> endpoints(Cluster of, List<Endpoint> endpoints) {
        if (of != cluster) {
            return null;
        }
        List<EndpointHealth> now = health.update(endpoints, System.nanoTime());
        home.run(() -> checks.endpoints(now));
        return now;
    }

    /** The cluster is gone. */
    public void close() {
        home.run(() -> {
            ejectionsEnd.remove();
            checks.stop();
        });
        limits.dissolve();
    }

    ClusterHealth health() {
        return health;
    }

    ClusterLimits limits() {
        return limits;
    }

    /** @param shed closes an idle connection of a loop, which runs it */
    void shedsBy(Loop loop, Runnable shed) {
        sheds.put(loop, shed);
    }

    /** Lets the other loops close an idle connection each, as one waits for a connection. */
    void shedElsewhere(Loop here) {
        sheds.forEach((loop, shed) -> {
            if (loop != here) {
                loop.run(shed);
            }
        });
    }

    private void endEjections(long now) {
        long next = health.advance(now);
        if (next != NEVER) {
            ejectionsEnd.set(next);
        }
    }

    private final class Told implements ClusterHealth.Listener {
        private final String id;
        private final ClusterMetrics metrics;
        private final Events events;

        Told(String id, ClusterMetrics metrics, Events events) {
            this.id = id;
            this.metrics = metrics;
            this.events = events;
        }

        @Override
        public void ejected(EndpointHealth endpoint, long nanos) {
            metrics.ejected();
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
            events.warn("endpoint-ejected", "cluster", id, "endpoint", endpoint, "ms", millis);
            home.thread().execute(() -> endEjections(System.nanoTime()));
        }

        @Override
        public void returned(EndpointHealth endpoint) {
            events.info("endpoint-returned", "cluster", id, "endpoint", endpoint);
        }

        @Override
        public void failing(EndpointHealth endpoint) {
            events.warn("endpoint-unhealthy", "cluster", id, "endpoint", endpoint);
        }

        @Override
        public void recovered(EndpointHealth endpoint) {
            events.info("endpoint-healthy", "cluster", id, "endpoint", endpoint);
        }

        @Override
        public void counted(int healthy, int ejected, int failing) {
            metrics.states(healthy, ejected, failing);
        }
    }
}
