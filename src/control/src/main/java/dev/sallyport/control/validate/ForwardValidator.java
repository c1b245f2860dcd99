package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ForwardProxySpec;
import dev.sallyport.api.v1alpha1.common.Telemetry;
import dev.sallyport.api.v1alpha1.forward.ClientSource;
import dev.sallyport.api.v1alpha1.forward.Clients;
import dev.sallyport.api.v1alpha1.forward.Disclosure;
import dev.sallyport.api.v1alpha1.forward.ForwardListeners;
import dev.sallyport.api.v1alpha1.forward.ForwardProtocol;
import dev.sallyport.api.v1alpha1.forward.ForwardRule;
import dev.sallyport.api.v1alpha1.forward.ForwardTimeouts;
import dev.sallyport.api.v1alpha1.forward.LabelRequirement;
import dev.sallyport.api.v1alpha1.forward.MixedListener;
import dev.sallyport.api.v1alpha1.forward.NamespaceSelector;
import dev.sallyport.api.v1alpha1.forward.PrivateRanges;
import dev.sallyport.api.v1alpha1.forward.Traffic;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.validate.CheckedForward.Rule;
import dev.sallyport.control.validate.Coverage.Entry;
import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.ForwardRule.Action;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.name.HostPattern;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Judges a forward proxy. */
public final class ForwardValidator {
    private static final Set<Integer> PORTS_BY_DEFAULT = Set.of(0);

    private final ForwardProxySpec spec;
    private final Settings settings;
    private final Findings findings = new Findings();
    private final Map<String, String> pathByName = new HashMap<>();

    private ForwardValidator(ForwardProxySpec spec, Settings settings) {
        this.spec = spec;
        this.settings = settings;
    }

    public static CheckedForward check(ForwardProxySpec spec, Settings settings) {
        return new ForwardValidator(spec, settings).check();
    }

    private CheckedForward check() {
        var listeners = requireNonNullElse(spec.listeners(), new ForwardListeners(null, null));
        var mixed = requireNonNullElse(listeners.mixed(), new MixedListener(null, null, null));
        var timeouts = requireNonNullElse(spec.timeouts(), new ForwardTimeouts(null, null, null));
        var guards = requireNonNullElse(spec.guards(), new dev.sallyport.api.v1alpha1.forward.Guards(null, null));
        var telemetry = requireNonNullElse(spec.telemetry(), new Telemetry(null));
        return new CheckedForward(
                Running.check(spec.replicas(), spec.infrastructure(), spec.drain(), telemetry.accessLog(), findings),
                mode(spec.mode()),
                new Ports(settings, findings)
                        .take(
                                "spec.listeners.mixed.port",
                                "mixed",
                                requireNonNullElse(mixed.port(), Defaults.MIXED_PORT),
                                protocols(mixed.protocols()))
                        .with(
                                mixed.tls() == null
                                        ? null
                                        : CheckedTls.of("spec.listeners.mixed.tls", mixed.tls(), null)),
                Values.proxyProtocol("spec.listeners.proxyProtocol", listeners.proxyProtocol(), findings),
                clients(),
                rules(),
                guards(guards.privateRanges()),
                requireNonNullElse(guards.connectPorts(), Defaults.CONNECT_PORTS),
                spec.disclosure() == Disclosure.TRANSPARENT ? DisclosureMode.TRANSPARENT : Defaults.DISCLOSURE,
                Values.duration(
                        "spec.timeouts.connect",
                        timeouts.connect(),
                        Defaults.CONNECT_TIMEOUT,
                        Duration.ofMillis(10),
                        Duration.ofMinutes(5),
                        false,
                        findings),
                Values.duration(
                        "spec.timeouts.idle",
                        timeouts.idle(),
                        Defaults.FORWARD_IDLE_TIMEOUT,
                        Duration.ofSeconds(1),
                        Duration.ofHours(24),
                        false,
                        findings),
                Values.duration(
                        "spec.timeouts.lifetime",
                        timeouts.lifetime(),
                        Defaults.TUNNEL_LIFETIME,
                        Duration.ofSeconds(1),
                        Duration.ofDays(30),
                        true,
                        findings),
                findings.list());
    }

    private static Mode mode(dev.sallyport.api.v1alpha1.forward.@Nullable Mode mode) {
        return mode == dev.sallyport.api.v1alpha1.forward.Mode.REPORT ? Mode.REPORT : Defaults.MODE;
    }

    private static List<Protocol> protocols(@Nullable List<ForwardProtocol> protocols) {
        return protocols == null
                ? List.of(Protocol.HTTP, Protocol.CONNECT)
                : protocols.stream()
                        .map(protocol -> switch (protocol) {
                            case HTTP -> Protocol.HTTP;
                            case CONNECT -> Protocol.CONNECT;
                        })
                        .distinct()
                        .sorted()
                        .toList();
    }

    private List<ClientPeer> clients() {
        List<ClientPeer> peers = new ArrayList<>();
        List<ClientSource> from = requireNonNullElse(
                requireNonNullElse(spec.clients(), new Clients(null)).from(), List.of());
        for (int i = 0; i < from.size(); i++) {
            NamespaceSelector selector = from.get(i).namespaceSelector();
            String cidr = from.get(i).cidr();
            if (selector != null) {
                peers.add(new ClientPeer.Namespaces(selector(selector)));
            } else if (cidr != null) {
                String path = "spec.clients.from[" + i + "].cidr";
                Values.network(path, cidr, findings).ifPresent(network -> {
                    peers.add(new ClientPeer.Network(network));
                    if (network.toString().endsWith("/0")) {
                        findings.warning(
                                path, cidr + " lets every address use the proxy", "name the networks of your clients");
                    }
                });
            }
        }
        return peers;
    }

    private static LabelSelector selector(NamespaceSelector selector) {
        var builder = new LabelSelectorBuilder();
        if (selector.matchLabels() != null && !selector.matchLabels().isEmpty()) {
            builder.withMatchLabels(new TreeMap<>(selector.matchLabels()));
        }
        for (LabelRequirement requirement :
                requireNonNullElse(selector.matchExpressions(), List.<LabelRequirement>of())) {
            var expression = builder.addNewMatchExpression().withKey(requirement.key());
            if (requirement.operator() != null) {
                expression.withOperator(
                        switch (requirement.operator()) {
                            case IN -> "In";
                            case NOT_IN -> "NotIn";
                            case EXISTS -> "Exists";
                            case DOES_NOT_EXIST -> "DoesNotExist";
                        });
            }
            if (requirement.values() != null) {
                expression.withValues(requirement.values());
            }
            expression.endMatchExpression();
        }
        return builder.build();
    }

    private Guards guards(@Nullable PrivateRanges ranges) {
        List<String> except = new ArrayList<>();
        List<String> given = ranges == null || ranges.except() == null ? List.of() : ranges.except();
        for (int i = 0; i < given.size(); i++) {
            String entry = given.get(i);
            String path = "spec.guards.privateRanges.except[" + i + "]";
            int slash = entry.indexOf('/');
            int colon = slash < 0 ? -1 : entry.indexOf(':', slash);
            String network = colon < 0 ? entry : entry.substring(0, colon);
            String port = colon < 0 ? "" : entry.substring(colon);
            boolean bracketed = network.startsWith("[") && network.endsWith("]");
            Values.network(path, bracketed ? network.substring(1, network.length() - 1) : network, findings)
                    .ifPresent(prefix -> except.add(bracketed ? "[" + prefix + "]" + port : prefix + port));
        }
        boolean deny = ranges == null || requireNonNullElse(ranges.deny(), Defaults.GUARD_PRIVATE_RANGES);
        if (!deny) {
            findings.warning(
                    "spec.guards.privateRanges.deny",
                    "false opens all addresses that are not on the public internet, the cloud's metadata service among them",
                    "leave it out and name what is needed in except");
        }
        return new Guards(deny, except, settings.clusterRanges());
    }

    private List<Rule> rules() {
        List<Draft> drafts = new ArrayList<>();
        List<String> allow = requireNonNullElse(spec.allow(), List.of());
        for (int i = 0; i < allow.size(); i++) {
            drafts.add(shorthand(i, allow.get(i)));
        }
        List<ForwardRule> rules = requireNonNullElse(spec.rules(), List.of());
        for (int i = 0; i < rules.size(); i++) {
            drafts.add(rule(i, rules.get(i)));
        }
        cover(drafts);
        return drafts.stream().map(Draft::rule).toList();
    }

    private Draft shorthand(int index, String entry) {
        String path = "spec.allow[" + index + "]";
        var draft = new Draft("allow[" + index + "]", Action.ALLOW, Mode.ENFORCE, Set.of(), Set.of());
        host(path, entry, draft);
        return draft;
    }

    private Draft rule(int index, ForwardRule rule) {
        String path = "spec.rules[" + index + "]";
        Action action = rule.deny() == null ? Action.ALLOW : Action.DENY;
        String place = "rules[" + index + "]";
        String other = rule.name() == null ? null : pathByName.putIfAbsent(rule.name(), path);
        Traffic traffic = rule.deny() != null ? rule.deny() : rule.allow();
        List<String> hosts = traffic == null ? List.of() : requireNonNullElse(traffic.hosts(), List.of());
        var draft = new Draft(
                rule.name() == null || other != null ? place : rule.name(),
                action,
                mode(rule.mode()),
                traffic == null || traffic.ports() == null ? Set.of() : new TreeSet<>(traffic.ports()),
                traffic == null || traffic.methods() == null ? Set.of() : new TreeSet<>(traffic.methods()));
        if (other != null) {
            draft.findings.error(
                    path + ".name",
                    "'" + rule.name() + "' is the name of " + other + " too",
                    "give it another, or none");
        }
        if ((rule.allow() == null) == (rule.deny() == null)) {
            draft.findings.error(path, "has none or both of allow and deny", "give exactly one");
            draft.whole = false;
        } else if (hosts.isEmpty()) {
            draft.findings.error(
                    path + (action == Action.DENY ? ".deny" : ".allow") + ".hosts",
                    "is empty",
                    "name a host, or * for all");
            draft.whole = false;
        }
        for (int i = 0; i < hosts.size(); i++) {
            host(path + (action == Action.DENY ? ".deny" : ".allow") + ".hosts[" + i + "]", hosts.get(i), draft);
        }
        return draft;
    }

    private void host(String path, String text, Draft draft) {
        HostPattern pattern = Hosts.pattern(path, text, draft.findings);
        if (pattern == null) {
            draft.whole = false;
            return;
        }
        if (draft.action == Action.ALLOW) {
            boolean open = Boolean.TRUE.equals(spec.allowPublicSuffix());
            if (pattern.kind() == HostPattern.Kind.ANY && draft.mode == Mode.ENFORCE) {
                draft.findings.warning(path, "* makes an open proxy", "name the hosts that your clients need");
            } else if (!open && Hosts.isOnRegistrySuffix(pattern)) {
                draft.findings.error(
                        path,
                        "'" + text + "' is a wildcard on a public suffix, below which anybody can have a name",
                        "name the domain below " + pattern.name() + ", or set spec.allowPublicSuffix to true");
                draft.whole = false;
                return;
            } else if (!open && Hosts.isOnSharedDomain(pattern)) {
                draft.findings.warning(
                        path,
                        "'" + text + "' takes in names that the owner of " + pattern.name() + " gives to others",
                        "name the hosts that your clients need, or set spec.allowPublicSuffix to true");
            }
        }
        draft.hosts.add(pattern);
        draft.paths.add(path);
    }

    /** Warns about entries that can make no difference. */
    private static void cover(List<Draft> drafts) {
        var denied = new Coverage();
        var allowed = new Coverage();
        for (Draft draft : drafts) {
            if (draft.action == Action.DENY) {
                for (Entry entry : draft.entries()) {
                    draft.warnIfCovered(entry, denied, "is denied already by ");
                    denied.add(entry);
                }
            }
        }
        for (Draft draft : drafts) {
            if (draft.action == Action.ALLOW) {
                for (Entry entry : draft.entries()) {
                    if (!draft.warnIfCovered(entry, denied, "is denied whatever allows it, by ")) {
                        draft.warnIfCovered(entry, allowed, "is allowed already by ");
                        allowed.add(entry);
                    }
                }
            }
        }
    }

    /** A rule in the making. */
    private static final class Draft {
        final String name;
        final Action action;
        final Mode mode;
        final Set<Integer> ports;
        final Set<String> methods;
        final List<HostPattern> hosts = new ArrayList<>();
        final List<String> paths = new ArrayList<>();
        final Findings findings = new Findings();
        boolean whole = true;

        Draft(String name, Action action, Mode mode, Set<Integer> ports, Set<String> methods) {
            this.name = name;
            this.action = action;
            this.mode = mode;
            this.ports = ports;
            this.methods = methods;
        }

        Rule rule() {
            return new Rule(
                    name, action, mode, hosts, whole, List.copyOf(ports), List.copyOf(methods), findings.list());
        }

        /** None of a rule that decides nothing. */
        List<Entry> entries() {
            List<Entry> entries = new ArrayList<>();
            if (mode == Mode.ENFORCE && !findings.hasErrors()) {
                for (int i = 0; i < hosts.size(); i++) {
                    HostPattern host = hosts.get(i);
                    Set<Integer> effective = host.port() != 0
                            ? Set.of(host.port())
                            : ports.isEmpty() && action == Action.ALLOW ? PORTS_BY_DEFAULT : ports;
                    entries.add(new Entry(paths.get(i), host, effective, methods));
                }
            }
            return entries;
        }

        boolean warnIfCovered(Entry entry, Coverage coverage, String problem) {
            Entry other = coverage.covering(entry);
            if (other != null) {
                findings.warning(
                        entry.path(),
                        "'" + entry.host() + "' " + problem + "'" + other.host() + "' of " + other.path(),
                        "remove one of them");
            }
            return other != null;
        }
    }
}
