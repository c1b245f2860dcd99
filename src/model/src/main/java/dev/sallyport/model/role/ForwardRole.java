package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.address.PrefixSet;
import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.ForwardRule.Action;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.name.HostKind;
import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Acts for clients: the client names the destination, a {@link ForwardPolicy} judges it. A deny wins over an allow
 * whatever their order, and what no rule allows is denied.
 */
final class ForwardRole implements Role {
    private static final Verdict.Refuse ORIGIN_FORM = malformed("This is a forward proxy, and the request is one for a"
            + " server. Name the proxy to the client, as in: curl -x http://PROXY:PORT http://HOST/");
    private static final Verdict.Refuse HTTPS_TARGET = malformed("https URLs go through a tunnel: the client must send"
            + " CONNECT HOST:443, as clients do that use this proxy for https.");
    private static final Verdict.Refuse OTHER_SCHEME =
            malformed("Only http URLs can be asked for, and any TCP protocol through a CONNECT tunnel.");
    private static final Verdict.Refuse NO_PORT = malformed("The port of the target must be from 1 to 65535.");
    private static final Verdict.Refuse NO_REQUESTS = denied("", "This listener takes CONNECT tunnels alone.");
    private static final Verdict.Refuse NO_TUNNELS = denied("", "This listener takes no CONNECT tunnels.");
    private static final Verdict.Refuse NO_STREAMS =
            denied("", "A forward proxy is asked for requests and tunnels alone.");

    private static final Ascii ANY_METHOD = Ascii.of("");

    private final ForwardPolicy policy;
    private final Set<Protocol> protocols;
    private final PrefixSet clients;
    private final List<RulePattern> patterns;
    private final Entries<Verdict.Refuse> denies;
    private final Entries<Verdict.Refuse> reported;
    private final Entries<List<Verdict.To>> allows;
    /** Allows that grant nothing, each with the reason. */
    private final Entries<String> idle;

    private final Disclosure disclosure;
    private final Tracing tracing;
    private final Timeouts timeouts;
    private final AddressPolicy guard;
    /** For the methods that a rule tells apart which denies an address. */
    private final List<MethodGuard> methodGuards;

    private record MethodGuard(String method, AddressPolicy guard) {}

    /**
     * @param protocols what clients may speak
     * @param at the place of {@code policy}
     */
    ForwardRole(ForwardPolicy policy, Set<Protocol> protocols, At at, OwnAddresses own) throws InvalidConfigException {
        this.policy = policy;
        this.protocols = Set.copyOf(protocols);
        this.clients = new PrefixSet(at.readAll("clients", policy.clients(), Prefix::parse));
        this.disclosure = disclosure(policy.disclosure());
        this.tracing = tracing(policy.disclosure());
        this.timeouts = new Timeouts(
                policy.connectTimeout(),
                policy.responseTimeout(),
                Duration.ZERO,
                policy.idleTimeout(),
                policy.lifetime());

        this.patterns = patterns(policy, at);
        this.denies = denies(Mode.ENFORCE);
        this.reported = denies(Mode.REPORT);

        Guard guards =
                new Guard(policy.guards(), at.field("guards"), policy.mode() == Mode.ENFORCE, own, denies, reported);
        this.guard = guards.forMethod(ANY_METHOD);
        this.methodGuards = patterns.stream()
                .filter(each ->
                        each.rule().action() == Action.DENY && each.host().kind() == HostPattern.Kind.ADDRESS)
                .flatMap(each -> each.rule().methods().stream())
                .distinct()
                .map(method -> new MethodGuard(method, guards.forMethod(Ascii.of(method))))
                .toList();

        this.allows =
                entries(rule -> rule.action() == Action.ALLOW && idleness(rule).isEmpty(), this::prepared);
        this.idle = entries(
                rule -> rule.action() == Action.ALLOW && !idleness(rule).isEmpty(), each -> idleness(each.rule()));
    }

    private static List<RulePattern> patterns(ForwardPolicy policy, At at) throws InvalidConfigException {
        Ports connectPorts = new Ports(policy.connectPorts());
        List<RulePattern> patterns = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            ForwardRule rule = policy.rules().get(i);
            At here = at.item("rules", i);
            List<HostPattern> hosts = here.readAll("hosts", rule.hosts(), HostPattern::parse);
            if (hosts.isEmpty()) {
                here.field("hosts").require(!rule.unresolved().isEmpty(), "name at least one host, or * for all");
                hosts = List.of(HostPattern.parse("*"));
            }
            hosts.forEach(host -> patterns.add(RulePattern.of(rule, host, connectPorts)));
        }
        return List.copyOf(patterns);
    }

    private <T> Entries<T> entries(Predicate<ForwardRule> of, Function<RulePattern, T> outcome) {
        return new Entries<>(patterns.stream()
                .filter(each -> of.test(each.rule()))
                .map(each -> new Entries.Entry<>(each, outcome.apply(each)))
                .toList());
    }

    private Entries<Verdict.Refuse> denies(Mode mode) {
        return entries(rule -> rule.action() == Action.DENY && rule.mode() == mode, each -> refusal(each.rule()));
    }

    /** Why an allowing rule grants nothing; empty when it does. */
    private static String idleness(ForwardRule rule) {
        return !rule.unresolved().isEmpty()
                ? "might, but could not be resolved: " + rule.unresolved()
                : rule.mode() == Mode.REPORT ? "would, but is in Report mode" : "";
    }

    /** The verdicts that can be made beforehand, one for each port of an exact name. */
    private List<Verdict.To> prepared(RulePattern each) {
        if (each.host().kind() != HostPattern.Kind.EXACT || !methodGuards.isEmpty()) {
            return List.of();
        }
        return IntStream.concat(each.requests().stream(), each.tunnels().stream())
                .distinct()
                .mapToObj(port -> to(each.host().name(), port, each.rule().name(), guard, null))
                .toList();
    }

    private static Verdict.Refuse refusal(ForwardRule rule) {
        return denied(
                rule.name(),
                rule.unresolved().isEmpty()
                        ? "Rule " + rule.name() + " denies this."
                        : "Rule " + rule.name() + " could not be resolved (" + rule.unresolved()
                                + ") and denies all that it may stand for.");
    }

    @Override
    public Verdict decide(Ask ask, Peer peer, Trail trail) {
        Verdict.Refuse misuse = misuse(ask);
        if (misuse != null) {
            return misuse;
        }
        RequestView request = ask instanceof Ask.Http http ? http.request() : ((Ask.Connect) ask).request();
        int port = ask instanceof Ask.Http && request.port() < 0 ? 80 : request.port();
        return decide(request.host(), port, request.method(), peer, trail);
    }

    /** What the policy says of a destination, however it was asked for. */
    Verdict decide(Ascii host, int port, Ascii method, Peer peer, Trail trail) {
        boolean served = clients.isEmpty() || clients.contains(peer.ip());
        if (trail.wanted() && !clients.isEmpty()) {
            trail.step("clients", peer.ip() + (served ? " is served" : " is not served"), served);
        }
        if (!served) {
            return denied("", peer.ip() + " is not among the clients of this proxy.");
        }
        HostKind kind = HostKind.of(host);
        if (!kind.isSound()) {
            return malformed("The host of the target is malformed: " + kind.fault() + ".");
        }
        if (port < 1 || port > 65_535) {
            return NO_PORT;
        }
        IpAddress literal = kind == HostKind.ADDRESS ? IpAddress.parse(host, HostKind.length(host)) : null;
        return judge(host, literal, port, method, trail);
    }

    @Override
    public Tracing tracing() {
        return tracing;
    }

    private Verdict.@Nullable Refuse misuse(Ask ask) {
        return switch (ask) {
            case Ask.Connect connect -> protocols.contains(Protocol.CONNECT) ? null : NO_TUNNELS;
            case Ask.Http http when !http.absoluteForm() -> ORIGIN_FORM;
            case Ask.Http http when http.scheme().equals("https") -> HTTPS_TARGET;
            case Ask.Http http when !http.scheme().equals("http") -> OTHER_SCHEME;
            case Ask.Http http -> protocols.contains(Protocol.HTTP) ? null : NO_REQUESTS;
            case Ask.Stream stream -> NO_STREAMS;
            case Ask.ServerName tls -> NO_STREAMS;
            case Ask.OriginalDestination redirected -> NO_STREAMS;
        };
    }

    private Verdict judge(Ascii host, @Nullable IpAddress literal, int port, Ascii method, Trail trail) {
        if (trail.wanted()) {
            tell(trail, host, port, method);
        }
        Entries.Entry<Verdict.Refuse> deny = denies.first(host, literal, port, method);
        Entries.Entry<List<Verdict.To>> allow = allows.first(host, literal, port, method);
        Verdict.Refuse refusal =
                deny != null ? deny.outcome() : allow == null ? unallowed(host, literal, port, method) : null;
        if (refusal != null && policy.mode() == Mode.ENFORCE) {
            return refusal;
        }
        AddressPolicy addresses = guard(method);
        if (literal != null) {
            AddressPolicy.Guarded guarded = addresses.judge(literal.toInetAddress(), port);
            if (trail.wanted()) {
                trail.step(
                        "guards",
                        literal + " is " + (guarded == null ? "not guarded" : guarded.reason()),
                        guarded != null);
            }
            if (guarded != null && guarded.enforced()) {
                return new Verdict.Refuse(
                        403,
                        ProxyError.DESTINATION_IP_PROHIBITED,
                        "",
                        literal + " is out of reach: " + guarded.reason() + ".");
            }
        }
        Verdict.Refuse overlooked = refusal;
        if (overlooked == null) {
            Entries.Entry<Verdict.Refuse> report = reported.first(host, literal, port, method);
            overlooked = report == null ? null : report.outcome();
        }
        if (overlooked == null && allow != null) {
            List<Verdict.To> prepared = allow.outcome();
            for (int i = 0; i < prepared.size(); i++) {
                if (((Destination.Named) prepared.get(i).destination()).port() == port) {
                    return prepared.get(i);
                }
            }
        }
        String rule = allow == null ? "" : allow.rule();
        return to(HostKind.canonical(host), port, rule, addresses, overlooked);
    }

    private Verdict.To to(
            String host, int port, String rule, AddressPolicy addresses, Verdict.@Nullable Refuse overlooked) {
        return new Verdict.To(new Destination.Named(host, port), rule, disclosure, addresses, timeouts, 0, overlooked);
    }

    private AddressPolicy guard(Ascii method) {
        for (int i = 0; i < methodGuards.size(); i++) {
            if (method.contentEquals(methodGuards.get(i).method)) {
                return methodGuards.get(i).guard;
            }
        }
        return guard;
    }

    private Verdict.Refuse unallowed(Ascii host, @Nullable IpAddress literal, int port, Ascii method) {
        String name = HostKind.canonical(host);
        String target = (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
        String hint = "";
        Entries.Entry<String> granting = idle.first(host, literal, port, method);
        Entries.Entry<?> near = allows.firstOfHost(host, literal, method);
        if (granting != null) {
            hint = " Rule " + granting.rule() + " " + granting.outcome() + ".";
        } else if (near != null) {
            hint = " Rule " + near.rule() + " allows this host "
                    + near.pattern().offer(method) + ".";
        }
        return denied("", "No rule allows " + target + "." + hint);
    }

    /** Tells of every rule in its order what of it matched, also of those that a look-up never comes to. */
    private void tell(Trail trail, Ascii host, int port, Ascii method) {
        for (ForwardRule rule : policy.rules()) {
            List<RulePattern> ofHost = patterns.stream()
                    .filter(each -> each.rule().equals(rule) && each.host().matches(host))
                    .toList();
            Optional<RulePattern> ofPort = ofHost.stream()
                    .filter(each -> each.matchesPort(port, method))
                    .findFirst();
            String saw = ofPort.or(() -> ofHost.stream().findFirst())
                    .map(each -> each.describe(port, method))
                    .orElse("has no host that matches " + host);
            trail.step(
                    rule.name(),
                    rule.action().name().toLowerCase(Locale.ROOT) + ": " + saw,
                    ofPort.isPresent() && ofPort.get().matchesMethod(method));
        }
    }

    private static Disclosure disclosure(DisclosureMode mode) {
        return switch (mode) {
            case ANONYMOUS -> new Disclosure(Disclosure.Forwarding.REMOVE, false, false);
            case TRANSPARENT -> new Disclosure(Disclosure.Forwarding.REPLACE, true, true);
        };
    }

    private static Tracing tracing(DisclosureMode mode) {
        return switch (mode) {
            case ANONYMOUS -> Tracing.CONTINUE;
            case TRANSPARENT -> Tracing.BEGIN;
        };
    }

    private static Verdict.Refuse malformed(String detail) {
        return new Verdict.Refuse(400, ProxyError.HTTP_REQUEST_ERROR, "", detail);
    }

    private static Verdict.Refuse denied(String rule, String detail) {
        return new Verdict.Refuse(403, ProxyError.HTTP_REQUEST_DENIED, rule, detail);
    }
}
