package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.address.PrefixSet;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RouteMatch;
import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.name.HostPatterns;
import dev.sallyport.model.request.RequestView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Acts for servers: a {@link ReversePolicy} chooses the destination. All verdicts are made beforehand. */
final class ReverseRole implements Role {
    private static final Verdict.Refuse NO_TUNNELS = new Verdict.Refuse(
            405, ProxyError.HTTP_REQUEST_DENIED, "", "This listener serves requests and takes no CONNECT tunnels.");
    private static final Verdict.Refuse NO_HOST =
            new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "This host is not served here.");
    private static final Verdict.Refuse NO_ROUTE =
            new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "No rule matches this request.");

    private final ReversePolicy policy;
    private final List<HostPattern> hostnames;
    private final HostPatterns hosts;
    private final PrefixSet trustedClients;
    private final Map<String, Cluster> clusters;
    private final IntUnaryOperator random;
    private final RouteTable routes;

    /** Decides on the requests of no listener: {@link #on}. */
    ReverseRole(ReversePolicy policy, At at, Map<String, Cluster> clusters, IntUnaryOperator random)
            throws InvalidConfigException {
        this.policy = policy;
        this.hostnames = at.readAll("hostnames", policy.hostnames(), ReverseRole::hostname);
        this.hosts = new HostPatterns(hostnames);
        this.trustedClients = new PrefixSet(at.readAll("trustedClients", policy.trustedClients(), Prefix::parse));
        this.clusters = clusters;
        this.random = random;
        this.routes = new RouteTable(List.of());
    }

    private ReverseRole(ReverseRole compiled, RouteTable routes) {
        this.policy = compiled.policy;
        this.hostnames = compiled.hostnames;
        this.hosts = compiled.hosts;
        this.trustedClients = compiled.trustedClients;
        this.clusters = compiled.clusters;
        this.random = compiled.random;
        this.routes = routes;
    }

    /** The same with the rules that apply to a listener. */
    ReverseRole on(String listener) {
        List<RouteTable.Route> all = new ArrayList<>();
        for (ReverseRule rule : policy.rules()) {
            if (rule.listener().isEmpty() || rule.listener().equals(listener)) {
                Choice strangers = choice(rule, Disclosure.Forwarding.REPLACE);
                Choice trusted = choice(rule, Disclosure.Forwarding.APPEND);
                List<RouteMatch> matches = rule.matches().isEmpty() ? List.of(RouteMatch.ALL) : rule.matches();
                for (RouteMatch match : matches) {
                    all.add(new RouteTable.Route(rule.name(), match, all.size(), strangers, trusted));
                }
            }
        }
        return new ReverseRole(this, new RouteTable(all));
    }

    private static HostPattern hostname(String text) {
        HostPattern hostname = HostPattern.parse(text);
        boolean sound = switch (hostname.kind()) {
            case EXACT, SUBDOMAINS, ADDRESS -> true;
            case DOMAIN, ANY -> false;
        };
        if (!sound || hostname.port() != 0) {
            throw new IllegalArgumentException("'" + text + "' is not a hostname: write shop.example.com or"
                    + " *.shop.example.com without a port, or no hostname at all to serve every host");
        }
        return hostname;
    }

    private Choice choice(ReverseRule rule, Disclosure.Forwarding forwarding) {
        List<ReverseRule.Backend> backends =
                rule.backends().stream().filter(backend -> backend.weight() > 0).toList();
        if (backends.isEmpty()) {
            return new Choice(
                    List.of(broken(rule, "Rule " + rule.name() + " has no backend that takes requests.")),
                    new int[] {1});
        }
        return new Choice(
                backends.stream()
                        .map(backend -> verdict(rule, backend, forwarding))
                        .toList(),
                backends.stream().mapToInt(ReverseRule.Backend::weight).toArray());
    }

    private Verdict verdict(ReverseRule rule, ReverseRule.Backend backend, Disclosure.Forwarding forwarding) {
        Cluster cluster = clusters.get(backend.cluster());
        if (cluster == null || !backend.unresolved().isEmpty()) {
            return broken(
                    rule, "A backend of rule " + rule.name() + " could not be resolved: " + backend.unresolved() + ".");
        }
        return new Verdict.To(
                new Destination.Cluster(cluster.id()),
                rule.name(),
                new Disclosure(forwarding, true, false),
                AddressPolicy.ANY,
                new Timeouts(
                        cluster.connectTimeout(),
                        rule.backendTimeout(),
                        rule.requestTimeout(),
                        Duration.ZERO,
                        Duration.ZERO),
                rule.retry().attempts(),
                null);
    }

    private static Verdict.Refuse broken(ReverseRule rule, String detail) {
        return new Verdict.Refuse(500, ProxyError.PROXY_CONFIGURATION_ERROR, rule.name(), detail);
    }

    @Override
    public Verdict decide(Ask ask, Peer peer, Trail trail) {
        return switch (ask) {
            case Ask.Connect connect -> NO_TUNNELS;
            case Ask.Http http -> decide(http.request(), peer, trail);
        };
    }

    private Verdict decide(RequestView request, Peer peer, Trail trail) {
        if (!hostnames.isEmpty()) {
            int served = hosts.mostSpecific(request.host());
            if (trail.wanted()) {
                String of = served == HostPatterns.NONE ? "is not served" : "is served as " + hostnames.get(served);
                trail.step("hostnames", request.host() + " " + of, served != HostPatterns.NONE);
            }
            if (served == HostPatterns.NONE) {
                return NO_HOST;
            }
        }
        RouteTable.Route route = routes.find(request, trail);
        if (route == null) {
            return NO_ROUTE;
        }
        boolean trusts = !trustedClients.isEmpty() && trustedClients.contains(IpAddress.of(peer.address()));
        return (trusts ? route.trusted() : route.strangers()).pick(random);
    }
}
