package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck.Active;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.ClusterMetrics;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.upstream.health.ClusterHealth;
import dev.sallyport.relay.upstream.health.EndpointHealth;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The active checks of all endpoints of one cluster: on one loop of the process, which alone touches it. */
final class Checks {
    /** A new endpoint is checked within this time, not at the same moment as the others. */
    private static final long FIRST_NANOS = 1_000_000_000;

    private final Loop loop;
    private final ClusterHealth health;
    private final ClusterMetrics metrics;
    private final Map<EndpointHealth, Check> checks = new IdentityHashMap<>();
    private Cluster cluster;
    private @Nullable ClientTls tls;

    Checks(Cluster cluster, Loop loop, ClusterHealth health, ClusterMetrics metrics) {
        this.cluster = cluster;
        this.loop = loop;
        this.health = health;
        this.metrics = metrics;
    }

    /** Goes on for a changed cluster, or one whose secrets have changed; begins anew when endpoints are to be checked otherwise. */
    void become(Cluster next, @Nullable ClientTls nextTls) {
        boolean same = Objects.equals(next.health().active(), cluster.health().active())
                && next.sameConnections(cluster)
                && nextTls == tls;
        cluster = next;
        tls = nextTls;
        if (!same) {
            List<EndpointHealth> endpoints = List.copyOf(checks.keySet());
            stop();
            endpoints(endpoints);
        }
    }

    /** Checks these endpoints and no others. Those that stay go on. */
    void endpoints(List<EndpointHealth> endpoints) {
        Map<EndpointHealth, Check> gone = new IdentityHashMap<>(checks);
        for (EndpointHealth endpoint : endpoints) {
            gone.remove(endpoint);
            checks.computeIfAbsent(endpoint, Check::new);
        }
        gone.forEach((endpoint, check) -> {
            check.stop();
            checks.remove(endpoint);
        });
    }

    void stop() {
        checks.values().forEach(Check::stop);
        checks.clear();
    }

    /** The checks of one endpoint, one after another. */
    private final class Check {
        private final EndpointHealth endpoint;
        private final Deadline next = loop.deadline(this::begin);
        private @Nullable Probe probe;

        Check(EndpointHealth endpoint) {
            this.endpoint = endpoint;
            Active active = cluster.health().active();
            if (active != null) {
                long within = Math.min(FIRST_NANOS, active.interval().toNanos());
                next.set(System.nanoTime() + loop.random().nextLong(within));
            }
        }

        private void begin(long now) {
            Active active = cluster.health().active();
            if (active == null) {
                return;
            }
            InetSocketAddress address = new InetSocketAddress(
                    InetAddress.ofLiteral(endpoint.endpoint().address()),
                    endpoint.endpoint().port());
            long interval = active.interval().toNanos();
            // A tenth earlier or later, so that relays do not keep in step.
            long after = now + interval - interval / 10 + loop.random().nextLong(interval / 5 + 1);
            probe = Probe.start(loop, cluster, tls, active, address, good -> {
                probe = null;
                metrics.checked(good);
                health.probed(endpoint, good, System.nanoTime());
                next.set(Math.max(after, System.nanoTime()));
            });
        }

        void stop() {
            next.remove();
            if (probe != null) {
                probe.cancel();
                probe = null;
            }
        }
    }
}
