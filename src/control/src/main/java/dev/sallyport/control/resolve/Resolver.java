package dev.sallyport.control.resolve;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.reverse.BackendRef;
import dev.sallyport.api.v1alpha1.reverse.ReverseRule;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.References;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows the references of one reverse proxy, each Service port once however often it is named. */
public final class Resolver {
    private final String namespace;
    private final References references;
    private final Map<BackendRef, Outcome> known = new HashMap<>();

    private Resolver(String namespace, References references) {
        this.namespace = namespace;
        this.references = references;
    }

    /** Follows all references of {@code spec}, an object of {@code namespace}. */
    public static Resolution resolve(String namespace, ReverseProxySpec spec, References references) {
        var resolver = new Resolver(namespace, references);
        List<List<Target>> rules = new ArrayList<>();
        if (spec.rules() == null) {
            rules.add(resolver.targets("spec.backendRefs", spec.backendRefs()));
        } else {
            for (ReverseRule rule : spec.rules()) {
                rules.add(resolver.targets("spec.rules[" + rules.size() + "].backendRefs", rule.backendRefs()));
            }
        }
        return new Resolution(rules);
    }

    private List<Target> targets(String path, @Nullable List<BackendRef> refs) {
        List<Target> targets = new ArrayList<>();
        for (BackendRef ref : requireNonNullElse(refs, List.<BackendRef>of())) {
            int weight = requireNonNullElse(ref.weight(), Defaults.WEIGHT);
            String at = path + "[" + targets.size() + "]";
            targets.add(
                    switch (known.computeIfAbsent(new BackendRef(ref.name(), ref.port(), null), this::follow)) {
                        case Outcome.Port found -> new Target.Found(at, found.port(), weight);
                        case Outcome.Nothing nothing ->
                            new Target.Missing(
                                    new Unresolved(at + nothing.field(), nothing.reason(), nothing.message()), weight);
                    });
        }
        return targets;
    }

    private Outcome follow(BackendRef ref) {
        String name = requireNonNullElse(ref.name(), "");
        int number = requireNonNullElse(ref.port(), 0);
        Service service = references.service(namespace, name).orElse(null);
        if (service == null) {
            return new Outcome.Nothing(
                    ".name",
                    Unresolved.Reason.BACKEND_NOT_FOUND,
                    "there is no Service " + name + " in namespace " + namespace
                            + "; create it, or name one that is there");
        }
        if ("ExternalName".equals(service.getSpec().getType())) {
            return new Outcome.Nothing(
                    ".name",
                    Unresolved.Reason.INVALID_KIND,
                    "Service " + name + " is of type ExternalName, which has no endpoints;"
                            + " name a Service of type ClusterIP, headless or not");
        }
        var ports = requireNonNullElse(
                service.getSpec().getPorts(), List.<io.fabric8.kubernetes.api.model.ServicePort>of());
        var port = ports.stream()
                .filter(p -> number == p.getPort() && isTcp(p.getProtocol()))
                .findFirst()
                .orElse(null);
        if (port != null) {
            return new Outcome.Port(servicePort(name, port, service));
        }
        if (ports.stream().anyMatch(p -> number == p.getPort())) {
            return new Outcome.Nothing(
                    ".port",
                    Unresolved.Reason.UNSUPPORTED_PROTOCOL,
                    "port " + number + " of Service " + name + " does not carry TCP; name a TCP port");
        }
        String there = ports.stream()
                .filter(p -> isTcp(p.getProtocol()))
                .map(p -> p.getPort().toString())
                .collect(Collectors.joining(", "));
        return new Outcome.Nothing(
                ".port",
                Unresolved.Reason.BACKEND_NOT_FOUND,
                "Service " + name + " has no port " + number + "; "
                        + (there.isEmpty() ? "give it a TCP port" : "its TCP ports are " + there));
    }

    private ServicePort servicePort(String name, io.fabric8.kubernetes.api.model.ServicePort named, Service service) {
        String portName = requireNonNullElse(named.getName(), "");
        String clusterIp = service.getSpec().getClusterIP();
        boolean headless = clusterIp == null || clusterIp.isEmpty() || clusterIp.equals("None");
        Map<String, Endpoint> ready = new TreeMap<>();
        Set<String> all = new TreeSet<>();
        for (EndpointSlice slice : ofOneFamily(references.endpointSlices(namespace, name))) {
            for (EndpointPort port : requireNonNullElse(slice.getPorts(), List.<EndpointPort>of())) {
                if (port.getPort() == null
                        || !isTcp(port.getProtocol())
                        || !portName.equals(requireNonNullElse(port.getName(), ""))) {
                    continue;
                }
                for (var endpoint : slice.getEndpoints()) {
                    for (String address : endpoint.getAddresses()) {
                        String key = address + " " + port.getPort();
                        all.add(key);
                        if (isReady(endpoint.getConditions())) {
                            ready.put(key, new Endpoint(address, port.getPort()));
                        }
                    }
                }
            }
        }
        return new ServicePort(
                namespace,
                name,
                named.getPort(),
                portName,
                requireNonNullElse(named.getAppProtocol(), ""),
                new TreeMap<>(requireNonNullElse(service.getSpec().getSelector(), Map.<String, String>of()))
                        .entrySet().stream()
                                .map(label -> label.getKey() + "=" + label.getValue())
                                .toList(),
                headless ? null : clusterIp,
                List.copyOf(ready.values()),
                all.size());
    }

    /** Slices of both families list the same pods, so one of them counts: IPv4 where there is any. */
    private static List<EndpointSlice> ofOneFamily(Collection<EndpointSlice> slices) {
        String family = slices.stream().anyMatch(slice -> "IPv4".equals(slice.getAddressType())) ? "IPv4" : "IPv6";
        return slices.stream()
                .filter(slice -> family.equals(slice.getAddressType()))
                .toList();
    }

    private static boolean isReady(@Nullable EndpointConditions conditions) {
        return conditions == null
                || (!Boolean.FALSE.equals(conditions.getReady()) && !Boolean.TRUE.equals(conditions.getTerminating()));
    }

    private static boolean isTcp(@Nullable String protocol) {
        return protocol == null || protocol.equals("TCP");
    }

    private sealed interface Outcome {
        record Port(ServicePort port) implements Outcome {}

        /** @param field of the reference that is wrong, with its dot */
        record Nothing(String field, Unresolved.Reason reason, String message) implements Outcome {}
    }
}
