package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.Backend;
import dev.sallyport.api.v1alpha1.reverse.BackendTls;
import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.OriginConnections;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a reverse proxy behaves as a client of its backends.
 *
 * @param entries by the name of a Service, {@code *} for all
 */
public record CheckedBackends(Map<String, Entry> entries) {
    private static final String ALL = "*";
    private static final Entry NOTHING = new Entry(null, null, null, null, null, null);

    /** What an entry says; null where it says nothing and another entry, or the default, counts. */
    public record Entry(
            @Nullable Balancing balancing,
            Cluster.@Nullable Protocol protocol,
            @Nullable HealthCheck health,
            @Nullable CircuitBreaker limits,
            @Nullable Connection connection,
            @Nullable Security security) {

        private Entry or(Entry other) {
            return new Entry(
                    balancing != null ? balancing : other.balancing,
                    protocol != null ? protocol : other.protocol,
                    health != null ? health : other.health,
                    limits != null ? limits : other.limits,
                    connection != null ? connection : other.connection,
                    security != null ? security : other.security);
        }
    }

    /** How an endpoint is picked. */
    public record Balancing(Cluster.Balancing type, Duration slowStart) {}

    /** @param connectTimeout null: as for all Services of the proxy */
    public record Connection(@Nullable Duration connectTimeout, OriginConnections kept) {}

    /** TLS, its references not followed yet; {@code path} is where it stands. */
    public record Security(String path, BackendTls tls) {}

    /** What is said of a Service: by its own entry, where that says nothing by the one for all. */
    public Entry of(String service) {
        return entries.getOrDefault(service, NOTHING).or(entries.getOrDefault(ALL, NOTHING));
    }

    /** @param services those that rules refer to */
    static CheckedBackends check(@Nullable List<Backend> given, Set<String> services, Findings findings) {
        Map<String, Entry> entries = new TreeMap<>();
        List<Backend> backends = requireNonNullElse(given, List.of());
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            String path = "spec.backends[" + i + "]";
            String name = requireNonNullElse(backend.name(), "");
            if (entries.putIfAbsent(name, BackendFields.check(path, backend, findings)) != null) {
                findings.error(path + ".name", "'" + name + "' has an entry already", "make one of the two");
            } else if (!name.equals(ALL) && !services.contains(name)) {
                findings.warning(
                        path + ".name",
                        "'" + name + "' is a Service that no backendRefs name",
                        "remove the entry, or name it");
            }
        }
        var checked = new CheckedBackends(entries);
        for (int i = 0; i < backends.size(); i++) {
            agree(checked.of(requireNonNullElse(backends.get(i).name(), "")), "spec.backends[" + i + "]", findings);
        }
        return checked;
    }

    /** What comes together for a Service, be it from two entries. */
    private static void agree(Entry entry, String path, Findings findings) {
        Cluster.Protocol protocol = entry.protocol;
        if (protocol == null) {
            return;
        }
        Connection connection = entry.connection;
        if (protocol.shares() && connection != null && connection.kept.proxyProtocol() != null) {
            findings.error(
                    path + ".connection.proxyProtocol",
                    "tells of one client, and clients share connections of " + protocol,
                    "remove it, or speak HTTP11");
        }
        if (protocol == Cluster.Protocol.H2C && entry.security != null) {
            findings.error(
                    path + ".protocol",
                    "H2C is HTTP/2 without TLS, and tls is given for the same Service",
                    "say HTTP2, or leave tls out");
        }
        if (protocol == Cluster.Protocol.HTTP2 && entry.security == null) {
            findings.error(
                    path + ".protocol",
                    "HTTP2 is agreed on in TLS, and no tls is given for it",
                    "give tls, or say H2C");
        }
    }
}
