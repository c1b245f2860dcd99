package dev.sallyport.model.config;

import dev.sallyport.model.config.EndpointSet.Application;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.EndpointSet.Fixed;
import dev.sallyport.model.config.Listener.Protocol;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The pod of an application that a relay runs in: what a policy cannot know that is the same for many pods.
 *
 * @param inbound the ways into it
 * @param labels by which Services select it, as {@code KEY=VALUE}
 * @param redirected whether its kernel leads connections to the relay
 */
public record ApplicationPod(List<Inbound> inbound, Set<String> labels, boolean redirected) {
    /** Where no application is, and nothing is to be placed. */
    public static final ApplicationPod NONE = new ApplicationPod(List.of(), Set.of(), false);

    private static final String LOOPBACK = "127.0.0.1";

    /** @throws IllegalArgumentException when two ways begin or end at one port, or a label is none */
    public ApplicationPod {
        inbound = List.copyOf(inbound);
        labels = Set.copyOf(labels);
        Set<Integer> ports = new HashSet<>();
        Set<Integer> applicationPorts = new HashSet<>();
        for (Inbound way : inbound) {
            if (way.port() != 0 && !ports.add(way.port()) || !applicationPorts.add(way.applicationPort())) {
                throw new IllegalArgumentException(way + " has a port that another one has");
            }
        }
        for (String label : labels) {
            if (label.indexOf('=') < 1) {
                throw new IllegalArgumentException(label + " is not a label: write app=web");
            }
        }
    }

    /** Whose kernel leads nothing to the relay. */
    public ApplicationPod(List<Inbound> inbound, Set<String> labels) {
        this(inbound, labels, false);
    }

    /**
     * Makes a configuration that is the same for many pods one for this pod. Each listener of the reverse role becomes one for each way
     * in, with a policy of its own; where there are several ways, all are named by the application's port, too: {@code shop/web/8080}. Backends that are this
     * application become its port on loopback, and of a rule that has such backends the others are left out: which of them gets a request
     * was chosen before it came here. A rule without any is kept as it is, so that what it matches comes to no other rule; it leads nowhere.
     * Listeners of redirected connections are left out where the kernel redirects none.
     */
    public RelayConfig place(RelayConfig config) {
        Set<String> here =
                config.clusters().stream().filter(this::isHere).map(Cluster::id).collect(Collectors.toSet());
        return new RelayConfig(
                config.format(),
                config.sources(),
                config.loops(),
                config.admin(),
                each(config.listeners(), listener -> switch (listener.role()) {
                    case FORWARD ->
                        redirected || !listener.protocols().contains(Protocol.TRANSPARENT)
                                ? List.of(listener)
                                : List.of();
                    case REVERSE ->
                        inbound.isEmpty() ? List.of(listener) : each(inbound, way -> List.of(placed(listener, way)));
                }),
                config.forwards(),
                inbound.isEmpty()
                        ? config.reverses()
                        : each(config.reverses(), policy -> each(inbound, way -> List.of(placed(policy, way, here)))),
                each(
                        config.clusters(),
                        cluster -> isHere(cluster) && !inbound.isEmpty()
                                ? each(inbound, way -> List.of(placed(cluster, way)))
                                : List.of(cluster)),
                config.telemetry(),
                config.drain(),
                config.secrets());
    }

    private boolean isHere(Cluster cluster) {
        return cluster.endpoints() instanceof Application(List<String> selector)
                && !selector.isEmpty()
                && labels.containsAll(selector);
    }

    private Listener placed(Listener listener, Inbound way) {
        return new Listener(
                name(listener.name(), way),
                listener.address(),
                way.port(),
                way.applicationPort(),
                listener.role(),
                name(listener.policy(), way),
                listener.protocols(),
                listener.limits(),
                listener.tls(),
                listener.proxyProtocol(),
                listener.redirectPort());
    }

    private ReversePolicy placed(ReversePolicy policy, Inbound way, Set<String> here) {
        return policy.with(
                name(policy.name(), way),
                policy.rules().stream().map(rule -> placed(rule, way, here)).toList());
    }

    private ReverseRule placed(ReverseRule rule, Inbound way, Set<String> here) {
        List<ReverseRule.Backend> own = rule.backends().stream()
                .filter(backend -> here.contains(backend.cluster()))
                .map(backend -> new ReverseRule.Backend(name(backend.cluster(), way), 1, backend.unresolved()))
                .toList();
        return own.isEmpty() ? rule : rule.withBackends(own);
    }

    private Cluster placed(Cluster cluster, Inbound way) {
        return cluster.named(name(cluster.id(), way))
                .at(new Fixed(List.of(new Endpoint(LOOPBACK, way.applicationPort()))));
    }

    private String name(String name, Inbound way) {
        return inbound.size() == 1 ? name : name + "/" + way.applicationPort();
    }

    private static <T, R> List<R> each(List<T> items, Function<T, List<R>> made) {
        return items.stream().flatMap(item -> made.apply(item).stream()).toList();
    }
}
