package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.Backend;
import dev.sallyport.api.v1alpha1.reverse.LoadBalancerType;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.model.config.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a reverse proxy behaves as a client of its backends.
 *
 * @param entries by the name of a Service, {@code *} for those that are not named
 */
public record CheckedBackends(Map<String, Entry> entries) {
    private static final String ALL = "*";

    /** What holds for one Service. */
    public record Entry(Cluster.Balancing balancing) {
        static final Entry DEFAULT = new Entry(Defaults.BALANCING);
    }

    /** What holds for a Service. */
    public Entry of(String service) {
        return entries.getOrDefault(service, entries.getOrDefault(ALL, Entry.DEFAULT));
    }

    /** @param services those that rules refer to */
    static CheckedBackends check(@Nullable List<Backend> given, Set<String> services, Findings findings) {
        Map<String, Entry> entries = new TreeMap<>();
        List<Backend> backends = requireNonNullElse(given, List.of());
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            String path = "spec.backends[" + i + "].name";
            String name = requireNonNullElse(backend.name(), "");
            if (entries.putIfAbsent(name, entry(backend)) != null) {
                findings.error(path, "'" + name + "' has an entry already", "make one of the two");
            } else if (!name.equals(ALL) && !services.contains(name)) {
                findings.warning(
                        path, "'" + name + "' is a Service that no backendRefs name", "remove the entry, or name it");
            }
        }
        return new CheckedBackends(entries);
    }

    private static Entry entry(Backend backend) {
        boolean roundRobin =
                backend.loadBalancer() != null && backend.loadBalancer().type() == LoadBalancerType.ROUND_ROBIN;
        return new Entry(roundRobin ? Cluster.Balancing.ROUND_ROBIN : Defaults.BALANCING);
    }
}
