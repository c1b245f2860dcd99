package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** All slices of a Service as one list of endpoints. */
final class Merge {
    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address).thenComparing(Endpoint::port);

    private Merge() {}

    /**
     * The endpoints of the wanted port, sorted, each once. A pod that has addresses of both families counts once, with
     * its address of the family that the Service's own has, IPv4 when that has none.
     */
    static List<Endpoint> endpoints(Collection<Slice> slices, EndpointSet.Slices wanted) {
        boolean v6 = wanted.fallbacks().stream().anyMatch(own -> isV6(own.address()));
        Set<Endpoint> merged = new TreeSet<>(ORDER);
        Set<String> placed = new HashSet<>();
        for (boolean family : new boolean[] {v6, !v6}) {
            Set<String> placedNow = new HashSet<>();
            for (Slice slice : slices) {
                Integer port = slice.ports().get(wanted.portName());
                if (port != null) {
                    for (Slice.Ready endpoint : slice.endpoints()) {
                        String address = endpoint.addresses().getFirst();
                        if (isV6(address) == family && !placed.contains(endpoint.target())) {
                            merged.add(new Endpoint(address, port));
                            placedNow.add(endpoint.target());
                        }
                    }
                }
            }
            placed.addAll(placedNow);
            placed.remove("");
        }
        return List.copyOf(merged);
    }

    private static boolean isV6(String literal) {
        return literal.indexOf(':') >= 0;
    }
}
