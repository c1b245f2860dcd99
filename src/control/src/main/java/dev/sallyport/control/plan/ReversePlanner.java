package dev.sallyport.control.plan;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Placement;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import dev.sallyport.control.resolve.Credentials;
import dev.sallyport.control.resolve.Resolution;
import dev.sallyport.control.resolve.ServicePort;
import dev.sallyport.control.resolve.Target;
import dev.sallyport.control.resolve.Unresolved;
import dev.sallyport.control.validate.CheckedBackends;
import dev.sallyport.control.validate.CheckedListener;
import dev.sallyport.control.validate.CheckedReverse;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.OriginConnections;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.ReverseRule.Backend;
import dev.sallyport.model.config.RoleKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plans a reverse proxy. */
public final class ReversePlanner {
    private final Subject subject;
    private final CheckedReverse proxy;
    private final Settings settings;
    private final Credentials credentials;
    private final TlsPlanner tls;
    private final Map<String, Cluster> clusters = new TreeMap<>();
    private final Map<String, List<String>> selectors = new HashMap<>();
    private final Set<String> requests = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();

    /** By the name of the Service; empty for those that cannot be reached as they are to be. */
    private final Map<String, Optional<OriginTls>> origins = new HashMap<>();

    private ReversePlanner(Subject subject, CheckedReverse proxy, Credentials credentials, Settings settings) {
        this.subject = subject;
        this.proxy = proxy;
        this.settings = settings;
        this.credentials = credentials;
        this.tls = new TlsPlanner(credentials);
    }

    /** @param credentials where references to certificates lead; nothing was followed yet */
    public static Plan plan(
            Subject subject, CheckedReverse proxy, Resolution resolution, Credentials credentials, Settings settings) {
        return new ReversePlanner(subject, proxy, credentials, settings).plan(resolution);
    }

    private Plan plan(Resolution found) {
        List<List<Target>> targets = targets(found);
        List<Listener> listeners = proxy.listeners().stream()
                .flatMap(listener -> listener(listener).stream())
                .toList();
        Map<String, List<ReverseRule>> rules = new LinkedHashMap<>();
        proxy.listeners().forEach(listener -> rules.computeIfAbsent(policy(listener), any -> new ArrayList<>()));
        List<Plan.Rule> reports = new ArrayList<>();
        for (int i = 0; i < proxy.rules().size(); i++) {
            if (!proxy.rules().get(i).matches().isEmpty()) {
                ports(targets.get(i)).forEach(port -> requests.add(port.id()));
            }
        }
        for (int i = 0; i < proxy.rules().size(); i++) {
            CheckedReverse.Rule rule = proxy.rules().get(i);
            Plan.Rule report = report(rule, targets.get(i));
            reports.add(report);
            if (rule.placed() && isFor(rule, listeners)) {
                rules.computeIfAbsent(policy(rule), any -> new ArrayList<>()).add(rule(rule, report, targets.get(i)));
            }
        }
        List<ReversePolicy> policies = new ArrayList<>();
        rules.forEach((name, of) -> policies.add(
                new ReversePolicy(name, proxy.hostnames(), proxy.trustedClients(), proxy.trustsTraces(), of)));
        var config = Assembly.config(
                subject, proxy.running(), listeners, List.of(), policies, List.copyOf(clusters.values()), settings);
        return Assembly.plan(
                Stream.of(proxy.findings(), tls.findings(), findings)
                        .flatMap(List::stream)
                        .distinct()
                        .toList(),
                reports,
                config,
                credentials,
                new Workload(subject, proxy.running(), proxy.listeners(), List.of()),
                new Plan.Applications(proxy.limits(), selectors));
    }

    private List<List<Target>> targets(Resolution resolution) {
        List<List<Target>> rules = new ArrayList<>();
        for (List<Target> targets : resolution.rules()) {
            boolean passes = proxy.rules().get(rules.size()).matches().isEmpty();
            rules.add(
                    passes
                            ? targets
                            : targets.stream()
                                    .map(target -> Spoken.judge(target, proxy.backends()))
                                    .toList());
        }
        return rules;
    }

    /** One for all requests, and one for each listener that passes connections through: the rules of the others are not for it. */
    private String policy(CheckedListener listener) {
        return listener.passes() ? Assembly.listenerName(subject, listener.name()) : subject.key();
    }

    private String policy(CheckedReverse.Rule rule) {
        return proxy.listeners().stream()
                .filter(listener -> listener.name().equals(rule.listener()))
                .findFirst()
                .map(this::policy)
                .orElse(subject.key());
    }

    /** Empty for one that must stay closed. */
    private Optional<Listener> listener(CheckedListener listener) {
        Optional<ListenerTls> ended =
                Optional.ofNullable(listener.tls()).flatMap(end -> tls.listener(end, proxy.hostnames()));
        return listener.tls() != null && ended.isEmpty()
                ? Optional.empty()
                : Optional.of(Assembly.listener(
                        subject,
                        listener,
                        RoleKind.REVERSE,
                        policy(listener),
                        proxy.limits(),
                        ended.orElse(null),
                        proxy.proxyProtocol(),
                        settings));
    }

    private boolean isFor(CheckedReverse.Rule rule, List<Listener> open) {
        return rule.listener().isEmpty()
                || open.stream()
                        .anyMatch(listener -> listener.name().equals(Assembly.listenerName(subject, rule.listener())));
    }

    private static Plan.Rule report(CheckedReverse.Rule rule, List<Target> targets) {
        List<Unresolved> unresolved = new ArrayList<>();
        Map<String, ServicePort> ports = new LinkedHashMap<>();
        for (Target target : targets) {
            switch (target) {
                case Target.Found found -> ports.put(found.port().id(), found.port());
                case Target.Missing missing -> unresolved.add(missing.why());
            }
        }
        int ready =
                ports.values().stream().mapToInt(port -> port.ready().size()).sum();
        int total = ports.values().stream().mapToInt(ServicePort::total).sum();
        return new Plan.Rule(rule.name(), rule.findings(), unresolved, new Plan.Endpoints(ready, total));
    }

    private static List<ServicePort> ports(List<Target> targets) {
        return targets.stream()
                .filter(Target.Found.class::isInstance)
                .map(target -> ((Target.Found) target).port())
                .toList();
    }

    private ReverseRule rule(CheckedReverse.Rule rule, Plan.Rule report, List<Target> targets) {
        return new ReverseRule(
                rule.name(),
                rule.listener().isEmpty() ? "" : Assembly.listenerName(subject, rule.listener()),
                rule.matches(),
                rule.serverNames(),
                report.isAccepted()
                        ? targets.stream().map(this::backend).toList()
                        : List.of(new Backend("", 1, Assembly.errors(rule.findings()))),
                rule.times().request(),
                rule.times().stream(),
                rule.times().backend(),
                rule.times().idle(),
                rule.times().lifetime(),
                rule.retry());
    }

    private Backend backend(Target target) {
        return switch (target) {
            case Target.Found found -> {
                CheckedBackends.Security security =
                        proxy.backends().of(found.port().service()).security();
                Optional<OriginTls> origin = Optional.ofNullable(security)
                        .flatMap(given -> origins.computeIfAbsent(
                                found.port().service(), any -> tls.origin(given.path(), given.tls(), found.port())));
                if (security != null && origin.isEmpty()) {
                    yield new Backend("", found.weight(), security.path() + ": a certificate of it cannot be used");
                }
                clusters.computeIfAbsent(found.port().id(), id -> cluster(found.port(), origin.orElse(null)));
                selectors.put(found.port().id(), found.port().selector());
                yield new Backend(found.port().id(), found.weight(), "");
            }
            case Target.Missing missing ->
                new Backend("", missing.weight(), missing.why().toString());
        };
    }

    private Cluster cluster(ServicePort port, @Nullable OriginTls origin) {
        CheckedBackends.Entry backend = proxy.backends().of(port.service());
        var balancing = requireNonNullElse(
                backend.balancing(), new CheckedBackends.Balancing(Defaults.BALANCING, Defaults.SLOW_START));
        var connection = requireNonNullElse(
                backend.connection(), new CheckedBackends.Connection(null, OriginConnections.DEFAULT));
        boolean asked = requests.contains(port.id());
        if (asked) {
            Spoken.finding(port, backend).ifPresent(findings::add);
        }
        return new Cluster(
                port.id(),
                endpoints(port),
                balancing.type(),
                balancing.slowStart(),
                requireNonNullElse(connection.connectTimeout(), proxy.connectTimeout()),
                asked ? Spoken.of(port, backend, connection.kept().proxyProtocol() != null) : Cluster.Protocol.TCP,
                asked ? origin : null,
                connection.kept(),
                requireNonNullElse(backend.limits(), CircuitBreaker.DEFAULT),
                requireNonNullElse(backend.health(), HealthCheck.DEFAULT));
    }

    /** A headless Service has no address of its own, so its relays wait for the first list of endpoints. */
    private EndpointSet endpoints(ServicePort port) {
        String address = port.clusterIp();
        if (settings.placement() == Placement.PODS) {
            return new EndpointSet.Slices(
                    port.namespace(),
                    port.service(),
                    port.portName(),
                    address == null ? null : new Endpoint(address, port.port()));
        }
        return new EndpointSet.Fixed(
                port.total() == 0 && address != null ? List.of(new Endpoint(address, port.port())) : port.ready());
    }
}
