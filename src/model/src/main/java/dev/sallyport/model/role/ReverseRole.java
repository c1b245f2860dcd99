package dev.sallyport.model.role;

import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.address.PrefixSet;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RouteMatch;
import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.name.HostPatterns;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Acts for servers: a {@link ReversePolicy} chooses the destination. All verdicts are made beforehand. */
final class ReverseRole implements Role {
    private static final int HTTPS = 443;

    private static final Verdict.Refuse NO_TUNNELS = new Verdict.Refuse(
            405, ProxyError.HTTP_REQUEST_DENIED, "", "This listener serves requests and takes no CONNECT tunnels.");
    private static final Verdict.Refuse NO_HOST =
            new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "This host is not served here.");
    private static final Verdict.Refuse NOT_REDIRECTED = new Verdict.Refuse(
            400, ProxyError.HTTP_REQUEST_ERROR, "", "The request names no host at which it could be made over TLS.");
    private static final Verdict.Refuse NO_ROUTE =
            new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "No rule matches this request.");

    private static final Verdict.Refuse NO_SERVER_NAME =
            new Verdict.Refuse(421, ProxyError.DESTINATION_NOT_FOUND, "", "This server name is not served here.");
    private static final Verdict.Refuse NO_PASSAGE =
            new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "No rule is for this connection.");

    private final List<HostPattern> hostnames;
    private final HostPatterns hosts;
    private final PrefixSet trustedClients;
    private final Tracing tracing;
    private final IntUnaryOperator random;
    private final RouteTable routes;
    private final int redirectPort;
    private final Passage passage;

    /**
     * @param listener whose clients it decides on: the rules of other listeners do not apply
     * @param at the place of {@code policy}
     */
    ReverseRole(ReversePolicy policy, Listener listener, At at, Map<String, Cluster> clusters, IntUnaryOperator random)
            throws InvalidConfigException {
        this.hostnames = at.readAll("hostnames", policy.hostnames(), ReverseRole::hostname);
        this.hosts = new HostPatterns(hostnames);
        this.trustedClients = new PrefixSet(at.readAll("trustedClients", policy.trustedClients(), Prefix::parse));
        this.tracing = policy.trustsTraces() ? Tracing.BEGIN : Tracing.RESTART;
        this.random = random;
        List<ReverseRule> rules = policy.rules().stream()
                .filter(rule -> rule.listener().isEmpty() || rule.listener().equals(listener.name()))
                .toList();
        boolean passes = PassageFit.passes(listener);
        this.routes = new RouteTable(passes ? List.of() : routes(rules, clusters));
        this.passage = passage(passes ? rules : List.of(), clusters);
        this.redirectPort = listener.redirectPort();
    }

    private static List<RouteTable.Route> routes(List<ReverseRule> rules, Map<String, Cluster> clusters) {
        List<RouteTable.Route> all = new ArrayList<>();
        for (ReverseRule rule : rules) {
            Choice strangers = choice(rule, clusters, Disclosure.Forwarding.REPLACE);
            Choice trusted = choice(rule, clusters, Disclosure.Forwarding.APPEND);
            for (RouteMatch match : rule.matches().isEmpty() ? List.of(RouteMatch.ALL) : rule.matches()) {
                all.add(new RouteTable.Route(rule.name(), normal(match), all.size(), strangers, trusted));
            }
        }
        return all;
    }

    private static Passage passage(List<ReverseRule> rules, Map<String, Cluster> clusters) {
        return new Passage(
                rules.stream()
                        .map(rule ->
                                new Passage.Way(rule.name(), choice(rule, clusters, Disclosure.Forwarding.REPLACE)))
                        .toList(),
                rules.stream()
                        .map(rule -> rule.serverNames().stream()
                                .map(Passage::serverName)
                                .toList())
                        .toList());
    }

    /** Of several conditions on one field the first counts (Gateway API). */
    private static RouteMatch normal(RouteMatch match) {
        Map<String, RouteMatch.Header> headers = new LinkedHashMap<>();
        match.headers().forEach(header -> headers.putIfAbsent(header.name(), header));
        return new RouteMatch(
                new RouteMatch.Path(
                        match.path().type(), RoutePath.normal(match.path().value())),
                match.method(),
                List.copyOf(headers.values()));
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

    private static Choice choice(ReverseRule rule, Map<String, Cluster> clusters, Disclosure.Forwarding forwarding) {
        List<ReverseRule.Backend> backends =
                rule.backends().stream().filter(backend -> backend.weight() > 0).toList();
        if (backends.isEmpty()) {
            return new Choice(
                    List.of(broken(rule, "Rule " + rule.name() + " has no backend that takes requests.")),
                    new int[] {1});
        }
        return new Choice(
                backends.stream()
                        .map(backend -> verdict(rule, backend, clusters.get(backend.cluster()), forwarding))
                        .toList(),
                backends.stream().mapToInt(ReverseRule.Backend::weight).toArray());
    }

    private static Verdict verdict(
            ReverseRule rule,
            ReverseRule.Backend backend,
            @Nullable Cluster cluster,
            Disclosure.Forwarding forwarding) {
        if (cluster == null || !backend.unresolved().isEmpty()) {
            return broken(
                    rule,
                    "A backend of rule " + rule.name() + " could not be resolved; the status of the proxy says why.");
        }
        if (cluster.endpoints() instanceof EndpointSet.Application) {
            return new Verdict.Refuse(
                    421,
                    ProxyError.DESTINATION_NOT_FOUND,
                    rule.name(),
                    "Rule " + rule.name() + " is for another application than the one that is served here.");
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
                        rule.streamTimeout(),
                        rule.idleTimeout(),
                        rule.lifetime()),
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
            case Ask.OriginalDestination redirected -> NO_PASSAGE;
            case Ask.Stream stream -> pass(passage.others(), trail);
            case Ask.ServerName tls ->
                isServed(tls.name(), trail) ? pass(passage.find(tls.name()), trail) : NO_SERVER_NAME;
        };
    }

    @Override
    public Tracing tracing() {
        return tracing;
    }

    private Verdict pass(Passage.@Nullable Way way, Trail trail) {
        return way == null ? NO_PASSAGE : told(way.rule(), way.choice(), trail);
    }

    private Verdict told(String rule, Choice choice, Trail trail) {
        Verdict verdict = choice.pick(random);
        if (trail.wanted()) {
            trail.step(rule, outcome(verdict), true);
        }
        return verdict;
    }

    /** Whether the policy is for a host at all. */
    private boolean isServed(Ascii host, Trail trail) {
        if (hostnames.isEmpty()) {
            return true;
        }
        int served = host.length() == 0 ? HostPatterns.NONE : hosts.mostSpecific(host);
        if (trail.wanted()) {
            String of = served == HostPatterns.NONE ? "is not served" : "is served as " + hostnames.get(served);
            trail.step("hostnames", host + " " + of, served != HostPatterns.NONE);
        }
        return served != HostPatterns.NONE;
    }

    private Verdict decide(RequestView request, Peer peer, Trail trail) {
        if (!isServed(request.host(), trail)) {
            return NO_HOST;
        }
        if (redirectPort != 0) {
            return redirect(request, trail);
        }
        RouteTable.Route route = routes.find(request, trail);
        if (route == null) {
            return NO_ROUTE;
        }
        boolean trusts = !trustedClients.isEmpty() && trustedClients.contains(peer.ip());
        return told(route.rule(), trusts ? route.trusted() : route.strangers(), trail);
    }

    /** To the same over TLS: 308 has the method and the body sent again (RFC 9110, section 15.4.9). */
    private Verdict redirect(RequestView request, Trail trail) {
        if (request.host().length() == 0) {
            return NOT_REDIRECTED;
        }
        String host = request.host().toString();
        String path = request.path().toString();
        String location = "https://" + (host.indexOf(':') < 0 ? host : "[" + host + "]")
                + (redirectPort == HTTPS ? "" : ":" + redirectPort)
                + (path.startsWith("/") ? path : "/")
                + (request.query().length() == 0 ? "" : "?" + request.query());
        if (trail.wanted()) {
            trail.step("redirect", "goes to " + location, true);
        }
        return new Verdict.Refuse(
                308, ProxyError.PROXY_INTERNAL_RESPONSE, "", "This is served over TLS alone.", location);
    }

    private static String outcome(Verdict verdict) {
        return switch (verdict) {
            case Verdict.To to -> "goes to " + ((Destination.Cluster) to.destination()).id();
            case Verdict.Refuse refuse -> refuse.detail();
        };
    }
}
