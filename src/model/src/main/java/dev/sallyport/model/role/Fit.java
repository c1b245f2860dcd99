package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.RouteMatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Whether the parts of a configuration are within their bounds and fit each other. Patterns are judged where they are compiled. */
final class Fit {
    private static final String NO_LIMIT_OR_ABOVE = "must be 0, which is no limit, or above";
    private static final Duration LONGEST = Duration.ofHours(99_999);

    private final RelayConfig config;
    private final Set<String> forwards;
    private final Set<String> reverses;
    private final Set<String> clusters;

    private Fit(RelayConfig config) throws InvalidConfigException {
        this.config = config;
        this.forwards = unique("forwards", config.forwards(), "name", ForwardPolicy::name);
        this.reverses = unique("reverses", config.reverses(), "name", ReversePolicy::name);
        this.clusters = unique("clusters", config.clusters(), "id", Cluster::id);
    }

    static void check(RelayConfig config) throws InvalidConfigException {
        Fit fit = new Fit(config);
        fit.whole();
        fit.listeners();
        PassageFit.check(config);
        for (int i = 0; i < config.forwards().size(); i++) {
            fit.forward(config.forwards().get(i), At.ROOT.item("forwards", i));
        }
        for (int i = 0; i < config.reverses().size(); i++) {
            fit.reverse(config.reverses().get(i), At.ROOT.item("reverses", i));
        }
        for (int i = 0; i < config.clusters().size(); i++) {
            fit.cluster(config.clusters().get(i), At.ROOT.item("clusters", i));
        }
    }

    private static <T> Set<String> unique(String list, List<T> items, String field, Function<T, String> name)
            throws InvalidConfigException {
        return unique(At.ROOT, list, items, field, name);
    }

    private static <T> Set<String> unique(At at, String list, List<T> items, String field, Function<T, String> name)
            throws InvalidConfigException {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            String each = name.apply(items.get(i));
            At here = at.item(list, i).field(field);
            here.require(!each.isEmpty(), "must not be empty");
            here.require(names.add(each), "'" + each + "' is there twice: it must be unique");
        }
        return names;
    }

    private void whole() throws InvalidConfigException {
        At.ROOT
                .field("format")
                .require(
                        RelayConfigCodec.FORMATS.contains(config.format()),
                        config.format() + " is not known: this relay reads " + RelayConfigCodec.FORMATS);
        At.ROOT.field("loops").require(config.loops() >= 0 && config.loops() <= 1024, "must be from 0 to 1024");
        At admin = At.ROOT.field("admin");
        address(config.admin().address(), admin.field("address"));
        admin.field("port").port(config.admin().port(), 0);
        At drain = At.ROOT.field("drain");
        duration(config.drain().delay(), drain.field("delay"));
        duration(config.drain().grace(), drain.field("grace"));
    }

    private void listeners() throws InvalidConfigException {
        unique("listeners", config.listeners(), "name", Listener::name);
        Map<Integer, Map<IpAddress, String>> taken = new HashMap<>();
        take(taken, config.admin().address(), config.admin().port(), "the admin endpoints", At.ROOT.field("admin"));
        for (int i = 0; i < config.listeners().size(); i++) {
            Listener listener = config.listeners().get(i);
            At at = At.ROOT.item("listeners", i);
            address(listener.address(), at.field("address"));
            at.field("port").port(listener.port(), 0);
            at.field("publicPort").port(listener.publicPort(), 0);
            take(
                    taken,
                    listener.address(),
                    listener.port(),
                    "listener '" + listener.name() + "' of " + listener.policy(),
                    at.field("port"));

            boolean isForward = listener.role() == RoleKind.FORWARD;
            at.field("policy")
                    .require(
                            (isForward ? forwards : reverses).contains(listener.policy()),
                            "there is no '" + listener.policy() + "' in " + (isForward ? "forwards" : "reverses"));
            at.field("protocols").require(!listener.protocols().isEmpty(), "name at least one");
            at.field("protocols")
                    .require(
                            isForward || !listener.protocols().contains(Listener.Protocol.CONNECT),
                            "CONNECT is for listeners of the forward role");
            At limits = at.field("limits");
            limits.field("connections").require(listener.limits().connections() >= 0, NO_LIMIT_OR_ABOVE);
            limits.field("connectionsPerAddress")
                    .require(listener.limits().connectionsPerAddress() >= 0, NO_LIMIT_OR_ABOVE);
            limits.field("bodyMinRate").require(listener.limits().bodyMinRate() >= 0, NO_LIMIT_OR_ABOVE);
            limits.field("headerBytes").require(listener.limits().headerBytes() > 0, "must be above 0");
            limits.field("requestBodyBytes").require(listener.limits().requestBodyBytes() >= 0, "must be 0 or above");
            duration(listener.limits().headerTimeout(), limits.field("headerTimeout"));
            duration(listener.limits().idleTimeout(), limits.field("idleTimeout"));
            TlsFit.check(listener, at);
        }
    }

    /** An unspecified address takes the port on all addresses. */
    private static void take(Map<Integer, Map<IpAddress, String>> taken, String address, int port, String who, At at)
            throws InvalidConfigException {
        IpAddress bound = IpAddress.parse(address);
        if (port == 0 || bound == null) {
            return;
        }
        Map<IpAddress, String> holders = taken.computeIfAbsent(port, key -> new HashMap<>());
        for (Map.Entry<IpAddress, String> holder : holders.entrySet()) {
            boolean clash = holder.getKey().equals(bound)
                    || bound.isUnspecified()
                    || holder.getKey().isUnspecified();
            at.require(!clash, port + " is taken by " + holder.getValue() + " already");
        }
        holders.put(bound, who);
    }

    private void forward(ForwardPolicy policy, At at) throws InvalidConfigException {
        for (int i = 0; i < policy.connectPorts().size(); i++) {
            at.item("connectPorts", i).port(policy.connectPorts().get(i), 1);
        }
        duration(policy.connectTimeout(), at.field("connectTimeout"));
        duration(policy.responseTimeout(), at.field("responseTimeout"));
        duration(policy.idleTimeout(), at.field("idleTimeout"));
        duration(policy.lifetime(), at.field("lifetime"));
        unique(at, "rules", policy.rules(), "name", ForwardRule::name);
        for (int i = 0; i < policy.rules().size(); i++) {
            ForwardRule rule = policy.rules().get(i);
            At here = at.item("rules", i);
            for (int j = 0; j < rule.ports().size(); j++) {
                here.item("ports", j).port(rule.ports().get(j), 1);
            }
            for (int j = 0; j < rule.methods().size(); j++) {
                method(rule.methods().get(j), here.item("methods", j));
            }
        }
    }

    private void reverse(ReversePolicy policy, At at) throws InvalidConfigException {
        unique(at, "rules", policy.rules(), "name", ReverseRule::name);
        Set<String> listeners = new HashSet<>(config.listeners().stream()
                .filter(listener ->
                        listener.role() == RoleKind.REVERSE && listener.policy().equals(policy.name()))
                .map(Listener::name)
                .toList());
        for (int i = 0; i < policy.rules().size(); i++) {
            ReverseRule rule = policy.rules().get(i);
            At here = at.item("rules", i);
            here.field("listener")
                    .require(
                            rule.listener().isEmpty() || listeners.contains(rule.listener()),
                            "no listener '" + rule.listener() + "' has this policy");
            for (int j = 0; j < rule.matches().size(); j++) {
                match(rule.matches().get(j), here.item("matches", j));
            }
            long weights = 0;
            for (int j = 0; j < rule.backends().size(); j++) {
                ReverseRule.Backend backend = rule.backends().get(j);
                At there = here.item("backends", j);
                there.field("weight")
                        .require(backend.weight() >= 0 && backend.weight() <= 1_000_000, "must be from 0 to 1000000");
                weights += backend.weight();
                there.field("cluster")
                        .require(
                                backend.cluster().isEmpty()
                                        ? !backend.unresolved().isEmpty()
                                        : clusters.contains(backend.cluster()),
                                backend.cluster().isEmpty()
                                        ? "must not be empty unless 'unresolved' says why"
                                        : "there is no '" + backend.cluster() + "' in clusters");
            }
            here.field("backends").require(weights <= Integer.MAX_VALUE, "the sum of the weights is too large");
            duration(rule.requestTimeout(), here.field("requestTimeout"));
            duration(rule.streamTimeout(), here.field("streamTimeout"));
            duration(rule.backendTimeout(), here.field("backendTimeout"));
            duration(rule.idleTimeout(), here.field("idleTimeout"));
            duration(rule.lifetime(), here.field("lifetime"));
            int attempts = rule.retry().attempts();
            here.field("retry").field("attempts").require(attempts >= 0 && attempts <= 100, "must be from 0 to 100");
        }
    }

    private static void match(RouteMatch match, At at) throws InvalidConfigException {
        at.field("path").field("value").read(match.path().value(), RoutePath::normal);
        if (!match.method().isEmpty()) {
            method(match.method(), at.field("method"));
        }
        for (int i = 0; i < match.headers().size(); i++) {
            String name = match.headers().get(i).name();
            at.item("headers", i)
                    .field("name")
                    .require(
                            isToken(name) && name.equals(name.toLowerCase(Locale.ROOT)),
                            "'" + name + "' is not a field name in lower case");
        }
    }

    private void cluster(Cluster cluster, At at) throws InvalidConfigException {
        ClusterFit.check(cluster, at);
        At endpoints = at.field("endpoints");
        switch (cluster.endpoints()) {
            case EndpointSet.Fixed fixed -> {
                for (int i = 0; i < fixed.endpoints().size(); i++) {
                    endpoint(fixed.endpoints().get(i), endpoints.item("endpoints", i));
                }
            }
            case EndpointSet.Slices slices -> {
                endpoints.field("namespace").require(!slices.namespace().isEmpty(), "must not be empty");
                endpoints.field("service").require(!slices.service().isEmpty(), "must not be empty");
                if (slices.fallback() != null) {
                    endpoint(slices.fallback(), endpoints.field("fallback"));
                }
            }
            case EndpointSet.Application application -> {
                for (int i = 0; i < application.selector().size(); i++) {
                    String label = application.selector().get(i);
                    endpoints
                            .item("selector", i)
                            .require(label.indexOf('=') > 0, "'" + label + "' is not a label: write app=web");
                }
            }
        }
    }

    private static void endpoint(EndpointSet.Endpoint endpoint, At at) throws InvalidConfigException {
        address(endpoint.address(), at.field("address"));
        at.field("port").port(endpoint.port(), 1);
    }

    private static void address(String address, At at) throws InvalidConfigException {
        at.require(IpAddress.parse(address) != null, "'" + address + "' is not an IP address");
    }

    static void duration(Duration duration, At at) throws InvalidConfigException {
        at.require(!duration.isNegative() && duration.compareTo(LONGEST) <= 0, "must be from 0s to 99999h");
    }

    private static void method(String method, At at) throws InvalidConfigException {
        at.require(isToken(method), "'" + method + "' is not a method");
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> c >= '0' && c <= '9'
                                || c >= 'A' && c <= 'Z'
                                || c >= 'a' && c <= 'z'
                                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }
}
