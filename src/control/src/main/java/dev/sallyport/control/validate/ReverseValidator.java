package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.reverse.Backend;
import dev.sallyport.api.v1alpha1.reverse.BackendRef;
import dev.sallyport.api.v1alpha1.reverse.ClientAddress;
import dev.sallyport.api.v1alpha1.reverse.ClientSide;
import dev.sallyport.api.v1alpha1.reverse.HeaderMatch;
import dev.sallyport.api.v1alpha1.reverse.Listener;
import dev.sallyport.api.v1alpha1.reverse.LoadBalancerType;
import dev.sallyport.api.v1alpha1.reverse.Match;
import dev.sallyport.api.v1alpha1.reverse.PathMatch;
import dev.sallyport.api.v1alpha1.reverse.PathMatchType;
import dev.sallyport.api.v1alpha1.reverse.ReverseRule;
import dev.sallyport.api.v1alpha1.reverse.ReverseTimeouts;
import dev.sallyport.api.v1alpha1.reverse.RuleTimeouts;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.validate.CheckedReverse.Rule;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.ReverseRule.Retry;
import dev.sallyport.model.config.RouteMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges a reverse proxy. */
public final class ReverseValidator {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VISIBLE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\uffff]*");
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final RouteMatch EVERYTHING =
            new RouteMatch(new RouteMatch.Path(RouteMatch.Path.Type.PREFIX, "/"), "", List.of());

    private final ReverseProxySpec spec;
    private final Settings settings;
    private final Findings findings = new Findings();
    private final Map<String, String> pathByName = new HashMap<>();
    private final Map<Condition, String> pathByCondition = new HashMap<>();
    private final Set<String> services = new HashSet<>();

    private ReverseValidator(ReverseProxySpec spec, Settings settings) {
        this.spec = spec;
        this.settings = settings;
    }

    public static CheckedReverse check(ReverseProxySpec spec, Settings settings) {
        return new ReverseValidator(spec, settings).check();
    }

    private CheckedReverse check() {
        var timeouts = requireNonNullElse(spec.timeouts(), new ReverseTimeouts(null, null));
        var client = requireNonNullElse(spec.client(), new ClientSide(null, null));
        if ((spec.backendRefs() == null) == (spec.rules() == null)) {
            findings.error(
                    "spec",
                    "none or both of backendRefs and rules are given",
                    "give backendRefs alone when all requests go to the same backends, else rules alone");
        }
        List<CheckedListener> listeners = listeners();
        Running running =
                Running.check(spec.replicas(), spec.infrastructure(), spec.drain(), spec.telemetry(), findings);
        List<String> hostnames = hostnames();
        List<String> trusted = trusted(client.clientAddress());
        ClientLimits limits = limits(client.limits(), timeouts.idle());
        Duration connect = Values.duration(
                "spec.timeouts.connect",
                timeouts.connect(),
                Defaults.CONNECT_TIMEOUT,
                Duration.ofMillis(10),
                Duration.ofMinutes(5),
                false,
                findings);
        List<Rule> rules = rules(listeners);
        return new CheckedReverse(
                running, listeners, hostnames, trusted, limits, connect, rules, balancing(), findings.list());
    }

    private List<CheckedListener> listeners() {
        var ports = new Ports(settings, findings);
        if (spec.listeners() == null || spec.listeners().isEmpty()) {
            return List.of(ports.take("spec.listeners", Defaults.LISTENER_NAME, Defaults.LISTENER_PORT));
        }
        List<CheckedListener> listeners = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Listener listener : spec.listeners()) {
            String path = "spec.listeners[" + listeners.size() + "]";
            String name = requireNonNullElse(listener.name(), "");
            if (!names.add(name)) {
                findings.error(path + ".name", "'" + name + "' is the name of another listener too", "give it another");
            }
            listeners.add(ports.take(path + ".port", name, requireNonNullElse(listener.port(), 0)));
        }
        return listeners;
    }

    private List<String> hostnames() {
        Set<String> names = new LinkedHashSet<>();
        List<String> given = requireNonNullElse(spec.hostnames(), List.of());
        for (int i = 0; i < given.size(); i++) {
            String path = "spec.hostnames[" + i + "]";
            String hostname = given.get(i);
            String name = Hosts.name(path, hostname, findings);
            if (name != null && !names.add(name)) {
                findings.warning(path, "'" + hostname + "' is in the list already", "remove one of them");
            }
        }
        return List.copyOf(names);
    }

    private List<String> trusted(@Nullable ClientAddress address) {
        List<String> networks = new ArrayList<>();
        List<String> given = address == null ? List.of() : requireNonNullElse(address.trustedCIDRs(), List.of());
        for (int i = 0; i < given.size(); i++) {
            String path = "spec.client.clientAddress.trustedCIDRs[" + i + "]";
            String cidr = given.get(i);
            Values.network(path, cidr, findings).ifPresent(network -> {
                networks.add(network.toString());
                if (network.toString().endsWith("/0")) {
                    findings.warning(
                            path,
                            cidr + " lets every client choose the address that it is known by",
                            "name the networks of the proxies in front of this one");
                }
            });
        }
        return networks;
    }

    private ClientLimits limits(
            dev.sallyport.api.v1alpha1.reverse.@Nullable ClientLimits limits, @Nullable String idle) {
        var given = requireNonNullElse(limits, new dev.sallyport.api.v1alpha1.reverse.ClientLimits(null, null, null));
        String path = "spec.client.limits";
        return new ClientLimits(
                (int) Values.bytes(
                        path + ".headerBytes",
                        given.headerBytes(),
                        Defaults.HEADER_BYTES,
                        1024,
                        1024 * 1024,
                        false,
                        findings),
                Values.bytes(
                        path + ".requestBody",
                        given.requestBody(),
                        Defaults.REVERSE_BODY_BYTES,
                        1,
                        1L << 50,
                        true,
                        findings),
                Values.duration(
                        path + ".headerTimeout",
                        given.headerTimeout(),
                        Defaults.HEADER_TIMEOUT,
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10),
                        false,
                        findings),
                Values.duration(
                        "spec.timeouts.idle",
                        idle,
                        Defaults.CLIENT_IDLE_TIMEOUT,
                        Duration.ofSeconds(1),
                        LONGEST,
                        false,
                        findings));
    }

    private Map<String, Cluster.Balancing> balancing() {
        Map<String, Cluster.Balancing> balancing = new TreeMap<>();
        List<Backend> backends = requireNonNullElse(spec.backends(), List.of());
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            String path = "spec.backends[" + i + "].name";
            String name = requireNonNullElse(backend.name(), "");
            boolean roundRobin =
                    backend.loadBalancer() != null && backend.loadBalancer().type() == LoadBalancerType.ROUND_ROBIN;
            if (balancing.putIfAbsent(name, roundRobin ? Cluster.Balancing.ROUND_ROBIN : Defaults.BALANCING) != null) {
                findings.error(path, "'" + name + "' has an entry already", "make one of the two");
            } else if (!name.equals("*") && !services.contains(name)) {
                findings.warning(
                        path, "'" + name + "' is a Service that no backendRefs name", "remove the entry, or name it");
            }
        }
        return balancing;
    }

    private List<Rule> rules(List<CheckedListener> listeners) {
        if (spec.rules() == null) {
            var found = new Findings();
            weights("spec.backendRefs", spec.backendRefs(), found);
            return List.of(new Rule(
                    "backendRefs",
                    "",
                    List.of(EVERYTHING),
                    Defaults.REQUEST_TIMEOUT,
                    Defaults.BACKEND_TIMEOUT,
                    new Retry(Defaults.RETRIES),
                    found.list()));
        }
        Set<String> names = new HashSet<>();
        listeners.forEach(listener -> names.add(listener.name()));
        List<Rule> rules = new ArrayList<>();
        for (ReverseRule rule : spec.rules()) {
            rules.add(rule(rules.size(), rule, names));
        }
        return rules;
    }

    private Rule rule(int index, ReverseRule rule, Set<String> listeners) {
        var found = new Findings();
        String path = "spec.rules[" + index + "]";
        String other = rule.name() == null ? null : pathByName.putIfAbsent(rule.name(), path);
        if (other != null) {
            found.error(
                    path + ".name",
                    "'" + rule.name() + "' is the name of " + other + " too",
                    "give it another, or none");
        }
        String listener = requireNonNullElse(rule.listener(), "");
        boolean known = listener.isEmpty() || listeners.contains(listener);
        if (!known) {
            found.error(
                    path + ".listener",
                    "'" + listener + "' is not among spec.listeners",
                    "name one of them, or leave listener out for all");
        }
        weights(path + ".backendRefs", rule.backendRefs(), found);
        var timeouts = requireNonNullElse(rule.timeouts(), new RuleTimeouts(null, null));
        Duration request = Values.duration(
                path + ".timeouts.request",
                timeouts.request(),
                Defaults.REQUEST_TIMEOUT,
                Duration.ofMillis(1),
                LONGEST,
                true,
                found);
        Duration backend = Values.duration(
                path + ".timeouts.backendRequest",
                timeouts.backendRequest(),
                Defaults.BACKEND_TIMEOUT,
                Duration.ofMillis(1),
                LONGEST,
                true,
                found);
        int retries = rule.retry() == null
                ? Defaults.RETRIES
                : requireNonNullElse(rule.retry().attempts(), Defaults.RETRIES);
        if (retries < 0 || retries > 10) {
            found.error(path + ".retry.attempts", retries + " is out of range", "give 0 to 10");
        }
        List<RouteMatch> matches = known ? matches(path, listener, rule.matches(), found) : List.of();
        return new Rule(
                rule.name() == null || other != null ? "rules[" + index + "]" : rule.name(),
                listener,
                matches,
                request,
                backend,
                new Retry(Math.clamp(retries, 0, 10)),
                found.list());
    }

    private List<RouteMatch> matches(String rule, String listener, @Nullable List<Match> given, Findings found) {
        if (given == null || given.isEmpty()) {
            shadow(rule, listener, EVERYTHING, found);
            return List.of(EVERYTHING);
        }
        List<RouteMatch> matches = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String at = rule + ".matches[" + i + "]";
            Match match = given.get(i);
            RouteMatch.Path path = path(at + ".path", match.path(), found);
            List<RouteMatch.Header> headers = headers(at + ".headers", match.headers(), found);
            if (path != null && headers != null) {
                String method = match.method() == null ? "" : match.method().name();
                var checked = new RouteMatch(path, method, headers);
                shadow(at, listener, checked, found);
                matches.add(checked);
            }
        }
        return matches;
    }

    /** Null for what no request can have; what comes near to it in normal form is what was meant. */
    private static RouteMatch.@Nullable Path path(String at, @Nullable PathMatch match, Findings found) {
        if (match == null) {
            return EVERYTHING.path();
        }
        boolean exact = match.type() == PathMatchType.EXACT;
        String value = requireNonNullElse(match.value(), "/");
        String normal = Paths.normal(value);
        if (normal == null) {
            found.error(
                    at + ".value",
                    "'" + value + "' is not the path of a request that is served",
                    "begin with a slash, leave out query, fragment and encoded slashes, and percent-encode what needs it");
            return null;
        }
        if (!normal.equals(value)) {
            found.error(
                    at + ".value",
                    "'" + value + "' matches no request, because the paths of requests are normalised first",
                    "write " + normal);
        }
        boolean slash = !exact && normal.length() > 1 && normal.endsWith("/");
        return new RouteMatch.Path(
                exact ? RouteMatch.Path.Type.EXACT : RouteMatch.Path.Type.PREFIX,
                slash ? normal.substring(0, normal.length() - 1) : normal);
    }

    /** Null when one of them is a condition that no request can meet. */
    private static @Nullable List<RouteMatch.Header> headers(
            String at, @Nullable List<HeaderMatch> given, Findings found) {
        Map<String, RouteMatch.Header> headers = new TreeMap<>();
        boolean possible = true;
        List<HeaderMatch> matches = requireNonNullElse(given, List.of());
        for (int i = 0; i < matches.size(); i++) {
            String path = at + "[" + i + "]";
            String name = requireNonNullElse(matches.get(i).name(), "");
            String value = requireNonNullElse(matches.get(i).value(), "");
            if (!TOKEN.matcher(name).matches()) {
                possible = false;
                found.error(
                        path + ".name",
                        "'" + name + "' is not the name of a field",
                        "use letters, digits and !#$%&'*+-.^_`|~ only");
            }
            if (!VISIBLE.matcher(value).matches() || !value.strip().equals(value)) {
                possible = false;
                found.error(
                        path + ".value",
                        "has control characters, or space around it, which the value of a field cannot have",
                        "remove them");
            }
            String lower = name.toLowerCase(Locale.ROOT);
            if (headers.putIfAbsent(lower, new RouteMatch.Header(lower, value)) != null) {
                found.warning(path, "'" + name + "' has a condition already, which alone counts", "remove one of them");
            }
        }
        return possible ? List.copyOf(headers.values()) : null;
    }

    private void shadow(String path, String listener, RouteMatch match, Findings found) {
        var condition = new Condition(listener, match);
        String other = pathByCondition.get(new Condition("", match));
        if (other == null) {
            other = pathByCondition.putIfAbsent(condition, path);
        }
        if (other != null) {
            found.warning(
                    path,
                    "never takes a request, because " + other + " is the same and comes first",
                    "remove one of them");
        }
    }

    private void weights(String path, @Nullable List<BackendRef> refs, Findings found) {
        List<BackendRef> given = requireNonNullElse(refs, List.of());
        given.forEach(ref -> services.add(requireNonNullElse(ref.name(), "")));
        if (!given.isEmpty()
                && given.stream().allMatch(ref -> requireNonNullElse(ref.weight(), Defaults.WEIGHT) == 0)) {
            found.warning(path, "all have weight 0, so every request gets 500", "give one of them a weight above 0");
        }
    }

    private record Condition(String listener, RouteMatch match) {}
}
