package dev.sallyport.model.role;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.ForwardRule.Action;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.RouteMatch;
import dev.sallyport.model.config.Telemetry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Small configurations, and the role that one listener of theirs has. */
final class Configs {
    static final ClientLimits LIMITS = new ClientLimits(32_768, 0, Duration.ofSeconds(10), Duration.ofSeconds(60));
    static final Guards GUARDS = new Guards(true, List.of(), List.of());

    private Configs() {}

    static ForwardRule rule(String name, Action action, String... hosts) {
        return new ForwardRule(name, action, Mode.ENFORCE, List.of(hosts), List.of(), List.of(), "");
    }

    static ForwardRule allow(String name, String... hosts) {
        return rule(name, Action.ALLOW, hosts);
    }

    static ForwardRule deny(String name, String... hosts) {
        return rule(name, Action.DENY, hosts);
    }

    static ForwardPolicy policy(Mode mode, Guards guards, ForwardRule... rules) {
        return new ForwardPolicy(
                "shop/egress",
                mode,
                List.of(),
                List.of(rules),
                guards,
                List.of(443),
                DisclosureMode.ANONYMOUS,
                Duration.ofSeconds(5),
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ZERO);
    }

    static ForwardRule with(ForwardRule rule, Mode mode, List<Integer> ports, List<String> methods, String unresolved) {
        return new ForwardRule(rule.name(), rule.action(), mode, rule.hosts(), ports, methods, unresolved);
    }

    static ForwardRule reported(ForwardRule rule) {
        return with(rule, Mode.REPORT, rule.ports(), rule.methods(), rule.unresolved());
    }

    static ForwardRule unresolved(ForwardRule rule) {
        return with(rule, rule.mode(), rule.ports(), rule.methods(), "ConfigMap shop/list does not exist");
    }

    static ForwardRule onPorts(ForwardRule rule, Integer... ports) {
        return with(rule, rule.mode(), List.of(ports), rule.methods(), rule.unresolved());
    }

    static ForwardRule forMethods(ForwardRule rule, String... methods) {
        return with(rule, rule.mode(), rule.ports(), List.of(methods), rule.unresolved());
    }

    static ForwardPolicy policy(ForwardRule... rules) {
        return policy(Mode.ENFORCE, GUARDS, rules);
    }

    /** The same, where destinations learn of the client. */
    static ForwardPolicy transparent(ForwardPolicy policy) {
        return new ForwardPolicy(
                policy.name(),
                policy.mode(),
                policy.clients(),
                policy.rules(),
                policy.guards(),
                policy.connectPorts(),
                DisclosureMode.TRANSPARENT,
                policy.connectTimeout(),
                policy.responseTimeout(),
                policy.idleTimeout(),
                policy.lifetime());
    }

    static ForwardPolicy forClients(ForwardPolicy policy, String... clients) {
        return new ForwardPolicy(
                policy.name(),
                policy.mode(),
                List.of(clients),
                policy.rules(),
                policy.guards(),
                policy.connectPorts(),
                policy.disclosure(),
                policy.connectTimeout(),
                policy.responseTimeout(),
                policy.idleTimeout(),
                policy.lifetime());
    }

    static Listener listener(String name, int port, RoleKind role, String policy, Protocol... protocols) {
        return new Listener(name, "0.0.0.0", port, port, role, policy, List.of(protocols), LIMITS);
    }

    static RelayConfig config(
            List<Listener> listeners,
            List<ForwardPolicy> forwards,
            List<ReversePolicy> reverses,
            List<Cluster> clusters) {
        return new RelayConfig(
                RelayConfigCodec.FORMAT,
                List.of(),
                1,
                new Admin("0.0.0.0", 15020),
                listeners,
                forwards,
                reverses,
                clusters,
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ofSeconds(5), Duration.ofSeconds(30)));
    }

    static RelayConfig forward(ForwardPolicy policy) {
        return config(
                List.of(listener("main", 3128, RoleKind.FORWARD, policy.name(), Protocol.HTTP, Protocol.CONNECT)),
                List.of(policy),
                List.of(),
                List.of());
    }

    static RelayConfig reverse(ReversePolicy policy, Cluster... clusters) {
        return config(
                List.of(listener("main", 8080, RoleKind.REVERSE, policy.name(), Protocol.HTTP)),
                List.of(),
                List.of(policy),
                List.of(clusters));
    }

    static Cluster cluster(String id) {
        return new Cluster(
                id,
                new EndpointSet.Fixed(List.of(new EndpointSet.Endpoint("10.0.0.1", 8080))),
                Cluster.Balancing.ROUND_ROBIN,
                Duration.ofSeconds(1));
    }

    static ReverseRule route(String name, List<RouteMatch> matches, ReverseRule.Backend... backends) {
        return new ReverseRule(
                name,
                "",
                matches,
                List.of(backends),
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                new ReverseRule.Retry(2));
    }

    static ReverseRule.Backend to(String cluster, int weight) {
        return new ReverseRule.Backend(cluster, weight, "");
    }

    static RouteMatch prefix(String path) {
        return new RouteMatch(new RouteMatch.Path(RouteMatch.Path.Type.PREFIX, path), "", List.of());
    }

    static RouteMatch exact(String path) {
        return new RouteMatch(new RouteMatch.Path(RouteMatch.Path.Type.EXACT, path), "", List.of());
    }

    static Role role(RelayConfig config) {
        return role(config, bound -> 0);
    }

    static Role role(RelayConfig config, IntUnaryOperator random, String... own) {
        try {
            List<InetAddress> addresses =
                    Arrays.stream(own).map(InetAddress::ofLiteral).toList();
            return Roles.compile(config, addresses, random).get("main");
        } catch (InvalidConfigException e) {
            throw new AssertionError(e);
        }
    }
}
