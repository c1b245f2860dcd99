package dev.sallyport.control.plan;

import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import dev.sallyport.control.resolve.Credentials;
import dev.sallyport.control.validate.CheckedForward;
import dev.sallyport.control.validate.CheckedTls;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.ForwardRule.Action;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.name.HostPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans a forward proxy. */
public final class ForwardPlanner {
    static final ClientLimits LIMITS = new ClientLimits(
            Defaults.CONNECTIONS,
            Defaults.CONNECTIONS_PER_ADDRESS,
            Defaults.HEADER_BYTES,
            Defaults.FORWARD_BODY_BYTES,
            Defaults.HEADER_TIMEOUT,
            Defaults.BODY_MIN_RATE,
            Defaults.CLIENT_IDLE_TIMEOUT);

    private ForwardPlanner() {}

    /** @param credentials where references to certificates lead; nothing was followed yet */
    public static Plan plan(Subject subject, CheckedForward proxy, Credentials credentials, Settings settings) {
        List<Finding> findings = new ArrayList<>(proxy.findings());
        List<ForwardRule> rules = new ArrayList<>();
        List<Plan.Rule> reports = new ArrayList<>();
        for (CheckedForward.Rule rule : proxy.rules()) {
            if (!rule.whole()
                    && rule.action() == Action.DENY
                    && rule.ports().isEmpty()
                    && rule.methods().isEmpty()) {
                rule.findings().stream().filter(Finding::isError).forEach(findings::add);
            } else if (rule.whole() || rule.action() == Action.DENY) {
                rules.add(served(rule));
            } else if (!rule.hosts().isEmpty()) {
                rules.add(rule(rule, hosts(rule), Assembly.errors(rule.findings())));
            }
            reports.add(new Plan.Rule(rule.name(), rule.findings(), List.of(), null));
        }
        var policy = new ForwardPolicy(
                subject.key(),
                proxy.mode(),
                List.of(),
                rules,
                proxy.guards(),
                proxy.connectPorts(),
                proxy.disclosure(),
                proxy.connectTimeout(),
                Defaults.FORWARD_RESPONSE_TIMEOUT,
                proxy.idleTimeout(),
                proxy.lifetime());
        CheckedTls secured = proxy.listener().tls();
        Optional<ListenerTls> tls =
                Optional.ofNullable(secured).flatMap(end -> new TlsPlanner(credentials).listener(end, List.of()));
        List<Listener> listeners = secured != null && tls.isEmpty()
                ? List.of()
                : List.of(Assembly.listener(
                        subject,
                        proxy.listener(),
                        RoleKind.FORWARD,
                        subject.key(),
                        LIMITS,
                        tls.orElse(null),
                        proxy.proxyProtocol(),
                        settings));
        var config =
                Assembly.config(subject, proxy.running(), listeners, List.of(policy), List.of(), List.of(), settings);
        return Assembly.plan(
                findings,
                reports,
                config,
                credentials,
                new Workload(subject, proxy.running(), List.of(proxy.listener()), proxy.clients()),
                null);
    }

    /** An unresolved rule without hosts is for every host, so a deny whose hosts are not all known denies all on its ports and with its methods. */
    private static ForwardRule served(CheckedForward.Rule rule) {
        boolean refused =
                rule.action() == Action.ALLOW && rule.findings().stream().anyMatch(Finding::isError);
        return rule(
                rule,
                rule.whole() ? hosts(rule) : List.of(),
                refused || !rule.whole() ? Assembly.errors(rule.findings()) : "");
    }

    private static ForwardRule rule(CheckedForward.Rule rule, List<String> hosts, String unresolved) {
        return new ForwardRule(
                rule.name(), rule.action(), rule.mode(), hosts, rule.ports(), rule.methods(), unresolved);
    }

    private static List<String> hosts(CheckedForward.Rule rule) {
        return rule.hosts().stream().map(HostPattern::toString).distinct().toList();
    }
}
