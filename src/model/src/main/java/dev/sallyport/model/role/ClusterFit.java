package dev.sallyport.model.role;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.HealthCheck.StatusRange;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.OriginConnections;
import java.time.Duration;

/** Whether what is said of a cluster besides its endpoints is within its bounds. */
final class ClusterFit {
    private ClusterFit() {}

    static void check(Cluster cluster, At at) throws InvalidConfigException {
        Fit.duration(cluster.slowStart(), at.field("slowStart"));
        Fit.duration(cluster.connectTimeout(), at.field("connectTimeout"));
        protocol(cluster, at.field("protocol"));
        connections(cluster.connections(), at.field("connections"));
        at.field("connections")
                .field("proxyProtocol")
                .require(
                        !cluster.protocol().shares() || cluster.connections().proxyProtocol() == null,
                        "clients share connections of HTTP/2, and a header tells of one: use HTTP11 or TCP");
        limits(cluster.limits(), at.field("limits"));
        if (cluster.tls() != null) {
            TlsFit.check(cluster.tls(), at.field("tls"));
        }
        HealthCheck health = cluster.health();
        if (health.active() != null) {
            active(health.active(), at.field("health").field("active"));
        }
        if (health.passive() != null) {
            passive(health.passive(), at.field("health").field("passive"));
        }
    }

    private static void protocol(Cluster cluster, At at) throws InvalidConfigException {
        boolean secure = cluster.tls() != null;
        switch (cluster.protocol()) {
            case HTTP2, NEGOTIATED ->
                at.require(secure, cluster.protocol() + " is agreed on in TLS: give the cluster 'tls', or say H2C");
            case H2C -> at.require(!secure, "H2C is HTTP/2 without TLS: leave out 'tls', or say HTTP2");
            case HTTP11, TCP -> {}
        }
    }

    private static void connections(OriginConnections connections, At at) throws InvalidConfigException {
        Fit.duration(connections.keepalive(), at.field("keepalive"));
        at.field("maxRequests").require(connections.maxRequests() >= 0, "must be 0, which is no limit, or above");
    }

    private static void limits(CircuitBreaker limits, At at) throws InvalidConfigException {
        String fault = "must be 0, which is no limit, or above";
        at.field("connections").require(limits.connections() >= 0, fault);
        at.field("pendingRequests").require(limits.pendingRequests() >= 0, fault);
        at.field("parallelRequests").require(limits.parallelRequests() >= 0, fault);
        Fit.duration(limits.queueTimeout(), at.field("queueTimeout"));
    }

    private static void active(HealthCheck.Active active, At at) throws InvalidConfigException {
        at.field("path")
                .require(
                        active.path().isEmpty() || active.path().startsWith("/") && visible(active.path()),
                        "'" + active.path() + "' must begin with a slash and have visible ASCII characters alone");
        at.field("host")
                .require(visible(active.host()), "'" + active.host() + "' must have visible ASCII characters alone");
        at.field("statuses")
                .require(active.path().isEmpty() || !active.statuses().isEmpty(), "name at least one range");
        for (int i = 0; i < active.statuses().size(); i++) {
            StatusRange range = active.statuses().get(i);
            at.item("statuses", i)
                    .require(
                            range.first() >= 200 && range.first() <= range.last() && range.last() <= 599,
                            range.first() + " to " + range.last() + " is not a range of statuses from 200 to 599");
        }
        above0(active.interval(), at.field("interval"));
        above0(active.timeout(), at.field("timeout"));
        at.field("unhealthyThreshold").require(active.unhealthyThreshold() >= 1, "must be 1 or above");
        at.field("healthyThreshold").require(active.healthyThreshold() >= 1, "must be 1 or above");
    }

    private static void passive(HealthCheck.Passive passive, At at) throws InvalidConfigException {
        at.field("consecutiveErrors").require(passive.consecutiveErrors() >= 1, "must be 1 or above");
        above0(passive.baseEjection(), at.field("baseEjection"));
        int percent = passive.maxEjectionPercent();
        at.field("maxEjectionPercent").require(percent >= 1 && percent <= 100, "must be from 1 to 100");
    }

    private static void above0(Duration duration, At at) throws InvalidConfigException {
        Fit.duration(duration, at);
        at.require(!duration.isZero(), "must be above 0s");
    }

    private static boolean visible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
