package dev.sallyport.control.plan;

import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Settings;
import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayPorts;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Plans what relays in the pods of applications serve. */
public final class SidecarPlanner {
    private static final String LOOPBACK = "127.0.0.1";

    /** Where the kernel redirects connections of IPv6. */
    private static final String LOOPBACK_IPV6 = "::1";

    private static final String NO_TLS =
            "a relay beside the application speaks no TLS with it; spec.backends gives tls";

    private SidecarPlanner() {}

    /**
     * The policy of a forward proxy, for one pod: by one loop, on loopback, for those who ask and for connections that the kernel
     * redirects, without TLS, and so without Secrets.
     */
    public static Snapshot forward(Plan.Served served, Settings settings) {
        RelayConfig own = served.snapshot().config();
        String policy = served.workload().subject().key();
        List<Listener> listeners = List.of(
                listener(
                        policy,
                        "sidecar",
                        LOOPBACK,
                        RelayPorts.SIDECAR_FORWARD,
                        served.workload().listeners().getFirst().protocols()),
                listener(policy, "redirected", LOOPBACK, RelayPorts.SIDECAR_TRANSPARENT, List.of(Protocol.TRANSPARENT)),
                listener(
                        policy,
                        "redirected-ipv6",
                        LOOPBACK_IPV6,
                        RelayPorts.SIDECAR_TRANSPARENT,
                        List.of(Protocol.TRANSPARENT)));
        return snapshot(own, listeners, own.forwards(), List.of(), List.of(), settings);
    }

    /**
     * The policy of a reverse proxy, for whichever pod: by one listener that the relay puts before each port of its application, and with
     * clusters that are that application or nobody. What comes to a pod has come through whatever ends TLS, so nothing but requests in
     * plain HTTP is served, by the rules for all listeners. Where the proxy has relays of its own, these begin the traces, which go on here.
     * Whether the application is well is found out by its own probes.
     */
    public static Snapshot reverse(Plan.Served served, Plan.Applications applications, Settings settings) {
        RelayConfig own = served.snapshot().config();
        String name = served.workload().subject().key();
        var listener = new Listener(
                name + "/sidecar",
                settings.listenAddress(),
                0,
                0,
                RoleKind.REVERSE,
                name,
                List.of(Listener.Protocol.HTTP),
                applications.limits());
        Set<String> secured = own.clusters().stream()
                .filter(cluster -> cluster.tls() != null)
                .map(Cluster::id)
                .collect(Collectors.toSet());
        ReversePolicy policy = own.reverses().stream()
                .filter(one -> one.name().equals(name))
                .map(one -> new ReversePolicy(
                        name,
                        one.hostnames(),
                        one.trustedClients(),
                        served.workload().running().deployed() || one.trustsTraces(),
                        one.rules().stream()
                                .filter(rule -> rule.listener().isEmpty())
                                .map(rule -> plain(rule, secured))
                                .toList()))
                .findFirst()
                .orElse(new ReversePolicy(name, List.of(), List.of(), List.of()));
        Set<String> used = policy.rules().stream()
                .flatMap(rule -> rule.backends().stream())
                .map(ReverseRule.Backend::cluster)
                .collect(Collectors.toSet());
        List<Cluster> clusters = own.clusters().stream()
                .filter(cluster -> used.contains(cluster.id()))
                .map(cluster -> application(cluster, applications.selectors().getOrDefault(cluster.id(), List.of())))
                .toList();
        return snapshot(own, List.of(listener), List.of(), List.of(policy), clusters, settings);
    }

    /** A pod has none of the certificates that TLS needs, and without TLS the application is not asked in its place. */
    private static ReverseRule plain(ReverseRule rule, Set<String> secured) {
        return rule.withBackends(rule.backends().stream()
                .map(backend -> secured.contains(backend.cluster())
                        ? new ReverseRule.Backend("", backend.weight(), NO_TLS)
                        : backend)
                .toList());
    }

    private static Cluster application(Cluster cluster, List<String> selector) {
        return new Cluster(
                cluster.id(),
                new EndpointSet.Application(selector),
                cluster.balancing(),
                Duration.ZERO,
                cluster.connectTimeout(),
                cluster.protocol(),
                null,
                cluster.connections(),
                cluster.limits(),
                HealthCheck.NONE);
    }

    /** It ends without a delay, since it is told to when the application has ended. */
    private static Snapshot snapshot(
            RelayConfig own,
            List<Listener> listeners,
            List<ForwardPolicy> forwards,
            List<ReversePolicy> reverses,
            List<Cluster> clusters,
            Settings settings) {
        return Snapshot.of(new RelayConfig(
                own.format(),
                own.sources(),
                Defaults.SIDECAR_LOOPS,
                new Admin(settings.listenAddress(), RelayPorts.SIDECAR_ADMIN),
                listeners,
                forwards,
                reverses,
                clusters,
                own.telemetry(),
                new Drain(Duration.ZERO, own.drain().grace())));
    }

    private static Listener listener(String policy, String name, String address, int port, List<Protocol> protocols) {
        return new Listener(
                policy + "/" + name, address, port, port, RoleKind.FORWARD, policy, protocols, ForwardPlanner.LIMITS);
    }
}
