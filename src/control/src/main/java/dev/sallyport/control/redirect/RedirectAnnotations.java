package dev.sallyport.control.redirect;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.config.RelayPorts;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pod's annotations say of redirection. */
public final class RedirectAnnotations {
    private static final String PREFIX = "sallyport.dev/";
    private static final String EXCLUDE_OUTBOUND_PORTS = "exclude-outbound-ports";
    private static final String EXCLUDE_OUTBOUND_CIDRS = "exclude-outbound-cidrs";
    private static final String INCLUDE_OUTBOUND_CIDRS = "include-outbound-cidrs";
    private static final String INBOUND_PORTS = "inbound-ports";
    private static final String EXCLUDE_INBOUND_PORTS = "exclude-inbound-ports";

    private final Pod pod;
    private final Map<String, String> annotations;
    private final Findings findings;

    private RedirectAnnotations(Pod pod, Findings findings) {
        this.pod = pod;
        this.annotations = requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
        this.findings = findings;
    }

    /** Whether the pod asks for redirection. */
    public static boolean ask(Pod pod) {
        return "redirect".equals(new RedirectAnnotations(pod, new Findings()).value("capture"));
    }

    /**
     * The plan: outbound connections of a pod that names a ForwardProxy, inbound ones of a pod that names a ReverseProxy.
     *
     * @param findings gets what is wrong; with an error among it the plan is for nothing
     */
    public static Redirect read(Pod pod, Settings settings, Findings findings) {
        var annotations = new RedirectAnnotations(pod, findings);
        boolean egress = annotations.value("egress") != null;
        boolean ingress = annotations.value("ingress") != null;
        if (!egress && !ingress) {
            findings.error(
                    path("capture"),
                    "redirect has nothing to lead anywhere, as the pod names no proxy",
                    "name a ForwardProxy in " + PREFIX + "egress");
        }
        annotations.without(egress, "egress", EXCLUDE_OUTBOUND_PORTS, EXCLUDE_OUTBOUND_CIDRS, INCLUDE_OUTBOUND_CIDRS);
        annotations.without(ingress, "ingress", INBOUND_PORTS, EXCLUDE_INBOUND_PORTS);
        return new Redirect(
                egress ? annotations.outbound(settings) : null,
                ingress ? Redirect.inbound(annotations.inboundPorts()) : List.of());
    }

    private void without(boolean there, String direction, String... keys) {
        if (!there) {
            Arrays.stream(keys)
                    .filter(key -> value(key) != null)
                    .forEach(key -> findings.error(
                            path(key),
                            "without " + PREFIX + direction + " there is nothing to redirect",
                            "take it away"));
        }
    }

    private Outbound outbound(Settings settings) {
        List<Prefix> excluded = ranges(EXCLUDE_OUTBOUND_CIDRS);
        List<Prefix> included = ranges(INCLUDE_OUTBOUND_CIDRS);
        excluded.stream()
                .filter(included::contains)
                .forEach(range -> findings.error(
                        path(INCLUDE_OUTBOUND_CIDRS), range + " is excluded too", "take it away here or there"));
        List<Prefix> past = Stream.concat(settings.clusterRanges().stream().map(Prefix::parse), excluded.stream())
                .filter(range -> !included.contains(range))
                .distinct()
                .toList();
        var outbound = new Outbound(past, included, ports(EXCLUDE_OUTBOUND_PORTS));
        if (!outbound.reachesNameServers()) {
            findings.error(
                    path(EXCLUDE_OUTBOUND_CIDRS),
                    "no name server can be reached, as nothing is let past",
                    "tell the operator the cluster's ranges (SALLYPORT_CLUSTER_RANGES), or give that of the name servers");
        }
        return outbound;
    }

    private List<Integer> inboundPorts() {
        List<Integer> excluded = ports(EXCLUDE_INBOUND_PORTS);
        List<Integer> all = value(INBOUND_PORTS) == null ? declaredPorts() : ports(INBOUND_PORTS);
        excluded.stream()
                .filter(port -> !all.contains(port))
                .forEach(port -> findings.error(
                        path(EXCLUDE_INBOUND_PORTS),
                        port + " is not among the ports that are redirected",
                        all.isEmpty() ? "take it away" : "give some of " + all));
        List<Integer> ports =
                all.stream().filter(port -> !excluded.contains(port)).toList();
        if (ports.isEmpty()) {
            findings.error(
                    path(INBOUND_PORTS),
                    "no port of the application is redirected",
                    "give its ports, or declare them in its containers");
        }
        if (ports.size() > RelayPorts.SIDECAR_INBOUND_MOST) {
            findings.error(
                    path(INBOUND_PORTS),
                    ports.size() + " ports are more than the " + RelayPorts.SIDECAR_INBOUND_MOST
                            + " that can be redirected",
                    "give those that clients ask");
        }
        return ports;
    }

    private List<Integer> declaredPorts() {
        return pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> "TCP".equals(requireNonNullElse(port.getProtocol(), "TCP")))
                .map(ContainerPort::getContainerPort)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private List<Integer> ports(String key) {
        return list(key, RedirectAnnotations::port, "give numbers from 1 to 65535, with commas between them");
    }

    private static Integer port(String text) {
        int port = text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is not a port");
        }
        return port;
    }

    private List<Prefix> ranges(String key) {
        return list(key, Prefix::parse, "give ranges such as 10.0.0.0/8 and fd00::/8, with commas between them");
    }

    private <T> List<T> list(String key, Function<String, T> read, String remedy) {
        String given = value(key);
        Set<T> list = new LinkedHashSet<>();
        for (String word : given == null ? new String[0] : given.split(",", -1)) {
            try {
                list.add(read.apply(word.strip()));
            } catch (IllegalArgumentException e) {
                findings.error(path(key), String.valueOf(e.getMessage()), remedy);
            }
        }
        return List.copyOf(list);
    }

    private @Nullable String value(String key) {
        return annotations.get(PREFIX + key);
    }

    private static String path(String key) {
        return "metadata.annotations[" + PREFIX + key + "]";
    }
}
