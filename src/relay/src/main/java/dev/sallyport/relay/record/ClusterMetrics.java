package dev.sallyport.relay.record;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What all loops count of one cluster. Thread-safe. */
public final class ClusterMetrics {
    private static final States NONE = new States(0, 0, 0);

    private final LongAdder ejections = new LongAdder();
    private final LongAdder goodChecks = new LongAdder();
    private final LongAdder badChecks = new LongAdder();
    private final LongAdder refusedFull = new LongAdder();
    private final LongAdder refusedLate = new LongAdder();
    private volatile States states = NONE;
    private volatile int waiting;

    private record States(int healthy, int ejected, int failing) {}

    ClusterMetrics() {}

    /** How many endpoints are in which state now. */
    public void states(int healthy, int ejected, int failing) {
        states = new States(healthy, ejected, failing);
    }

    /** An endpoint was ejected. */
    public void ejected() {
        ejections.increment();
    }

    /** An active check of an endpoint ended. */
    public void checked(boolean good) {
        (good ? goodChecks : badChecks).increment();
    }

    /** How many requests wait at the cluster's limits now. */
    public void waiting(int requests) {
        waiting = requests;
    }

    /** A request was refused at a limit, as no more may wait. */
    public void refusedFull() {
        refusedFull.increment();
    }

    /** A request was refused that had waited at a limit for too long. */
    public void refusedLate() {
        refusedLate.increment();
    }

    static void show(Map<String, ClusterMetrics> clusters, Exposition out) {
        out.family(
                "sallyport_cluster_endpoint_states",
                "gauge",
                "Endpoints of a cluster by their health: those that are not healthy get no requests while others are.");
        clusters.forEach((cluster, counts) -> {
            States now = counts.states;
            out.sample(now.healthy, "cluster", cluster, "state", "healthy");
            out.sample(now.ejected, "cluster", cluster, "state", "ejected");
            out.sample(now.failing, "cluster", cluster, "state", "failing");
        });
        out.family("sallyport_cluster_ejections_total", "counter", "Ejections of endpoints after errors in a row.");
        clusters.forEach((cluster, counts) -> out.sample(counts.ejections.sum(), "cluster", cluster));
        out.family("sallyport_cluster_health_checks_total", "counter", "Active health checks of endpoints.");
        clusters.forEach((cluster, counts) -> {
            out.sample(counts.goodChecks.sum(), "cluster", cluster, "result", "good");
            out.sample(counts.badChecks.sum(), "cluster", cluster, "result", "bad");
        });
        out.family("sallyport_cluster_requests_waiting", "gauge", "Requests that wait at a limit of their cluster.");
        clusters.forEach((cluster, counts) -> out.sample(counts.waiting, "cluster", cluster));
        out.family(
                "sallyport_cluster_limit_refusals_total", "counter", "Requests refused at a limit of their cluster.");
        clusters.forEach((cluster, counts) -> {
            out.sample(counts.refusedFull.sum(), "cluster", cluster, "reason", "full");
            out.sample(counts.refusedLate.sum(), "cluster", cluster, "reason", "late");
        });
    }
}
