package dev.sallyport.model.role;

import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.ForwardRule.Action;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.name.HostPattern;
import dev.sallyport.model.request.Ascii;
import java.util.List;

/**
 * One of the host patterns of a rule, with what else the rule asks for.
 *
 * @param requests the ports on which it matches requests
 * @param tunnels the ports on which it matches tunnels
 */
record RulePattern(ForwardRule rule, HostPattern host, Ports requests, Ports tunnels) {
    private static final Ports WEB = new Ports(List.of(80, 443));

    /**
     * The ports are those of the pattern, else those of the rule, else all for a deny and the usual ones for an allow.
     *
     * @param connectPorts the usual ones of tunnels
     */
    static RulePattern of(ForwardRule rule, HostPattern host, Ports connectPorts) {
        if (host.port() != 0 || !rule.ports().isEmpty()) {
            Ports named = new Ports(host.port() != 0 ? List.of(host.port()) : rule.ports());
            return new RulePattern(rule, host, named, named);
        }
        return rule.action() == Action.DENY
                ? new RulePattern(rule, host, Ports.ALL, Ports.ALL)
                : new RulePattern(rule, host, WEB, connectPorts);
    }

    boolean matchesPort(int port, Ascii method) {
        return ports(method).contain(port);
    }

    boolean matchesMethod(Ascii method) {
        List<String> methods = rule.methods();
        for (int i = 0; i < methods.size(); i++) {
            if (method.contentEquals(methods.get(i))) {
                return true;
            }
        }
        return methods.isEmpty();
    }

    private Ports ports(Ascii method) {
        return method.contentEquals("CONNECT") ? tunnels : requests;
    }

    /** For a request that its host matches: what else it matches, or the first that it does not. */
    String describe(int port, Ascii method) {
        if (!matchesPort(port, method)) {
            return "has " + host + ", but for port " + ports(method) + ", not " + port;
        }
        if (!matchesMethod(method)) {
            return "has " + host + ", but for " + String.join(", ", rule.methods()) + ", not " + method;
        }
        return "has " + host + ", port " + port
                + (rule.unresolved().isEmpty() ? "" : "; could not be resolved: " + rule.unresolved())
                + (rule.mode() == Mode.REPORT ? "; in Report mode" : "");
    }

    /** For a request that its host matches, but nothing else: what it would take. */
    String offer(Ascii method) {
        return matchesMethod(method) ? "on port " + ports(method) : "for " + String.join(", ", rule.methods());
    }
}
