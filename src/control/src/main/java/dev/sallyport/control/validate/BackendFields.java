package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.ActiveHealthCheck;
import dev.sallyport.api.v1alpha1.reverse.Backend;
import dev.sallyport.api.v1alpha1.reverse.BackendConnection;
import dev.sallyport.api.v1alpha1.reverse.BackendProtocol;
import dev.sallyport.api.v1alpha1.reverse.ConnectionReuse;
import dev.sallyport.api.v1alpha1.reverse.HttpHealthCheck;
import dev.sallyport.api.v1alpha1.reverse.LoadBalancer;
import dev.sallyport.api.v1alpha1.reverse.LoadBalancerType;
import dev.sallyport.api.v1alpha1.reverse.PassiveHealthCheck;
import dev.sallyport.api.v1alpha1.reverse.ProxyProtocolVersion;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.OriginConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges one of {@code spec.backends}. */
final class BackendFields {
    private static final int MOST = 1_000_000;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final String path;
    private final Findings findings;

    private BackendFields(String path, Findings findings) {
        this.path = path;
        this.findings = findings;
    }

    static CheckedBackends.Entry check(String path, Backend backend, Findings findings) {
        var fields = new BackendFields(path, findings);
        return new CheckedBackends.Entry(
                backend.loadBalancer() == null ? null : fields.balancing(backend.loadBalancer()),
                backend.protocol() == null ? null : protocol(backend.protocol()),
                backend.healthCheck() == null ? null : fields.health(backend.healthCheck()),
                backend.circuitBreaker() == null ? null : fields.limits(backend.circuitBreaker()),
                backend.connection() == null ? null : fields.connection(backend.connection()),
                backend.tls() == null ? null : new CheckedBackends.Security(path + ".tls", backend.tls()));
    }

    private static Cluster.Protocol protocol(BackendProtocol protocol) {
        return switch (protocol) {
            case HTTP11 -> Cluster.Protocol.HTTP11;
            case HTTP2 -> Cluster.Protocol.HTTP2;
            case H2C -> Cluster.Protocol.H2C;
        };
    }

    private CheckedBackends.Balancing balancing(LoadBalancer given) {
        return new CheckedBackends.Balancing(
                given.type() == LoadBalancerType.ROUND_ROBIN ? Cluster.Balancing.ROUND_ROBIN : Defaults.BALANCING,
                Values.duration(
                        path + ".loadBalancer.slowStart",
                        given.slowStart(),
                        Defaults.SLOW_START,
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        true,
                        findings));
    }

    private HealthCheck health(dev.sallyport.api.v1alpha1.reverse.HealthCheck given) {
        return new HealthCheck(
                given.active() == null ? null : active(path + ".healthCheck.active", given.active()),
                passive(
                        path + ".healthCheck.passive",
                        requireNonNullElse(given.passive(), new PassiveHealthCheck(null, null, null))));
    }

    private HealthCheck.Active active(String at, ActiveHealthCheck given) {
        HttpHealthCheck http = given.http();
        return new HealthCheck.Active(
                http == null ? "" : requireNonNullElse(http.path(), "/"),
                http == null ? "" : requireNonNullElse(http.host(), ""),
                http == null ? List.of() : statuses(at + ".http.statuses", http.statuses()),
                Values.duration(
                        at + ".interval",
                        given.interval(),
                        Defaults.CHECK_INTERVAL,
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        false,
                        findings),
                Values.duration(
                        at + ".timeout",
                        given.timeout(),
                        Defaults.CHECK_TIMEOUT,
                        Duration.ofMillis(10),
                        LONGEST_WAIT,
                        false,
                        findings),
                Values.number(
                        at + ".unhealthyThreshold",
                        given.unhealthyThreshold(),
                        Defaults.UNHEALTHY_THRESHOLD,
                        1,
                        100,
                        findings),
                Values.number(
                        at + ".healthyThreshold",
                        given.healthyThreshold(),
                        Defaults.HEALTHY_THRESHOLD,
                        1,
                        100,
                        findings));
    }

    private List<HealthCheck.StatusRange> statuses(String at, @Nullable List<String> given) {
        if (given == null || given.isEmpty()) {
            return Defaults.HEALTHY_STATUSES;
        }
        List<HealthCheck.StatusRange> ranges = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String text = given.get(i);
            if (!text.matches("[2-5][0-9]{2}(-[2-5][0-9]{2})?")) {
                findings.error(
                        at + "[" + i + "]",
                        "'" + text + "' is neither a status nor a range of them",
                        "write two numbers from 200 to 599 with - between, such as 200-299, or one");
                continue;
            }
            int first = Integer.parseInt(text, 0, 3, 10);
            int last = text.length() == 3 ? first : Integer.parseInt(text, 4, 7, 10);
            if (last < first) {
                findings.error(
                        at + "[" + i + "]", "'" + text + "' ends before it begins", "write " + last + "-" + first);
            } else {
                ranges.add(new HealthCheck.StatusRange(first, last));
            }
        }
        return ranges;
    }

    /** Null: off. */
    private HealthCheck.@Nullable Passive passive(String at, PassiveHealthCheck given) {
        HealthCheck.Passive standard = Defaults.PASSIVE_CHECK;
        int errors = Values.number(
                at + ".consecutiveErrors", given.consecutiveErrors(), standard.consecutiveErrors(), 0, 1000, findings);
        var passive = new HealthCheck.Passive(
                errors,
                Values.duration(
                        at + ".baseEjection",
                        given.baseEjection(),
                        standard.baseEjection(),
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        false,
                        findings),
                Values.number(
                        at + ".maxEjectionPercent",
                        given.maxEjectionPercent(),
                        standard.maxEjectionPercent(),
                        1,
                        100,
                        findings));
        return errors == 0 ? null : passive;
    }

    private CircuitBreaker limits(dev.sallyport.api.v1alpha1.reverse.CircuitBreaker given) {
        CircuitBreaker standard = CircuitBreaker.DEFAULT;
        String at = path + ".circuitBreaker";
        return new CircuitBreaker(
                Values.number(at + ".connections", given.connections(), standard.connections(), 0, MOST, findings),
                Values.number(
                        at + ".pendingRequests",
                        given.pendingRequests(),
                        standard.pendingRequests(),
                        0,
                        MOST,
                        findings),
                Values.number(
                        at + ".parallelRequests",
                        given.parallelRequests(),
                        standard.parallelRequests(),
                        0,
                        MOST,
                        findings),
                Values.duration(
                        at + ".queueTimeout",
                        given.queueTimeout(),
                        standard.queueTimeout(),
                        Duration.ofMillis(1),
                        LONGEST_WAIT,
                        false,
                        findings));
    }

    private CheckedBackends.Connection connection(BackendConnection given) {
        OriginConnections standard = OriginConnections.DEFAULT;
        String at = path + ".connection";
        return new CheckedBackends.Connection(
                given.connectTimeout() == null
                        ? null
                        : Values.duration(
                                at + ".connectTimeout",
                                given.connectTimeout(),
                                Defaults.CONNECT_TIMEOUT,
                                Duration.ofMillis(10),
                                LONGEST_WAIT,
                                false,
                                findings),
                new OriginConnections(
                        Values.duration(
                                at + ".keepalive",
                                given.keepalive(),
                                standard.keepalive(),
                                Duration.ofSeconds(1),
                                Duration.ofHours(24),
                                true,
                                findings),
                        Values.number(
                                at + ".maxRequests", given.maxRequests(), standard.maxRequests(), 0, MOST, findings),
                        reuse(given.reuse()),
                        given.proxyProtocol() == null ? null : version(given.proxyProtocol())));
    }

    private static OriginConnections.ProxyProtocolVersion version(ProxyProtocolVersion given) {
        return switch (given) {
            case V1 -> OriginConnections.ProxyProtocolVersion.V1;
            case V2 -> OriginConnections.ProxyProtocolVersion.V2;
        };
    }

    private static OriginConnections.Reuse reuse(@Nullable ConnectionReuse given) {
        return given == null
                ? OriginConnections.DEFAULT.reuse()
                : switch (given) {
                    case NEVER -> OriginConnections.Reuse.NEVER;
                    case SAFE -> OriginConnections.Reuse.SAFE;
                    case ALWAYS -> OriginConnections.Reuse.ALWAYS;
                };
    }
}
