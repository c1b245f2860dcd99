package dev.sallyport.relay.record;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.Fault;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one event loop counts. The loop alone changes it; {@link Metrics} reads it from other threads. */
public final class LoopMetrics {
    /** Beyond as many names, listeners and rules share one of this name. Configurations come and go; the counts stay. */
    static final String OTHER = "(other)";

    private static final int MOST_LISTENERS = 100;
    private static final int MOST_RULES = 2_000;

    private static final int ROLES = RoleKind.values().length;

    final Count[] connections = Counts.of(ROLES);
    final Count[] connectionsClosed = Counts.of(ROLES);
    final Count acceptFailures = new Count();
    final Count tunnels = new Count();
    final Count tunnelsClosed = new Count();
    final Count upstreamConnections = new Count();
    final Count upstreamConnectionsClosed = new Count();
    final Count upstreamReuses = new Count();
    final Count[] names = Counts.of(NameResult.values().length);
    final Count[] upstreamFailures = Counts.of(ProxyError.values().length);
    final Count[][] errors = new Count[ROLES][];
    final Count[][] faults = new Count[ROLES][];
    final Count[][] malformed = new Count[ROLES][];

    /** By role, then by name. */
    final List<Map<String, ListenerCounts>> listeners = List.of(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

    /** By role, then by policy, then by rule. */
    final List<Map<String, Map<String, RuleCounts>>> rules =
            List.of(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

    private int ruleNames;

    LoopMetrics() {
        for (int role = 0; role < ROLES; role++) {
            errors[role] = Counts.of(ProxyError.values().length);
            faults[role] = Counts.of(ClientFault.values().length);
            malformed[role] = Counts.of(Fault.values().length);
        }
    }

    /** A client's connection was accepted. */
    public void connectionOpened(RoleKind role) {
        connections[role.ordinal()].add(1);
    }

    /** A client's connection that was counted has ended. */
    public void connectionClosed(RoleKind role) {
        connectionsClosed[role.ordinal()].add(1);
    }

    /** A connection of a client could not be accepted. */
    public void acceptFailed() {
        acceptFailures.add(1);
    }

    /** A tunnel carries bytes from now on. */
    public void tunnelOpened() {
        tunnels.add(1);
    }

    /** A tunnel that was counted has ended. */
    public void tunnelClosed() {
        tunnelsClosed.add(1);
    }

    /** A connection to a destination was made. */
    public void upstreamConnected() {
        upstreamConnections.add(1);
    }

    /** A connection to a destination that was made has ended. */
    public void upstreamClosed() {
        upstreamConnectionsClosed.add(1);
    }

    /** A kept connection to a destination was used again. */
    public void upstreamReused() {
        upstreamReuses.add(1);
    }

    /** The addresses of a name were asked for. */
    public void nameAsked(NameResult result) {
        names[result.ordinal()].add(1);
    }

    /** A try to connect to a destination failed. */
    public void upstreamFailed(ProxyError why) {
        upstreamFailures[why.ordinal()].add(1);
    }

    /** A client was refused or cut off for what it did. */
    public void fault(RoleKind role, ClientFault fault) {
        faults[role.ordinal()][fault.ordinal()].add(1);
    }

    /** A client sent a message that is not valid. */
    public void malformed(RoleKind role, Fault fault) {
        malformed[role.ordinal()][fault.ordinal()].add(1);
    }

    void count(Decision decision) {
        int role = decision.role.ordinal();
        listener(role, decision.listener).count(decision);
        rule(role, decision.policy, decision.rule).count(decision.allowed);
        if (!decision.overlookedRule.isEmpty()) {
            rule(role, decision.policy, decision.overlookedRule).overlooked.add(1);
        }
        ProxyError error = decision.error;
        if (error != null) {
            errors[role][error.ordinal()].add(1);
        }
    }

    private ListenerCounts listener(int role, String name) {
        Map<String, ListenerCounts> known = listeners.get(role);
        ListenerCounts counts = known.get(name);
        if (counts == null) {
            counts = known.computeIfAbsent(known.size() < MOST_LISTENERS ? name : OTHER, n -> new ListenerCounts());
        }
        return counts;
    }

    private RuleCounts rule(int role, String policy, String rule) {
        Map<String, RuleCounts> known = rules.get(role).get(policy);
        RuleCounts counts = known == null ? null : known.get(rule);
        return counts == null ? newRule(rules.get(role), policy, rule) : counts;
    }

    private RuleCounts newRule(Map<String, Map<String, RuleCounts>> policies, String policy, String rule) {
        boolean full = ruleNames >= MOST_RULES;
        Map<String, RuleCounts> known = policies.computeIfAbsent(full ? OTHER : policy, p -> new ConcurrentHashMap<>());
        RuleCounts counts = known.get(full ? OTHER : rule);
        if (counts == null) {
            counts = new RuleCounts();
            known.put(full ? OTHER : rule, counts);
            ruleNames++;
        }
        return counts;
    }

    /** What came of the asks of one listener. */
    static final class ListenerCounts {
        /** Classes of status: none, 1xx to 5xx. */
        static final int CLASSES = 6;

        private static final int KINDS = Decision.Kind.values().length;

        private final Count[] asks = Counts.of(KINDS * 2 * CLASSES);
        final Count requestBytes = new Count();
        final Count responseBytes = new Count();
        final Count retries = new Count();
        final Histogram durations = new Histogram();

        void count(Decision decision) {
            int statusClass = decision.status / 100;
            asks(decision.kind, decision.allowed, statusClass < CLASSES ? statusClass : 0)
                    .add(1);
            requestBytes.add(decision.requestBytes);
            responseBytes.add(decision.responseBytes);
            retries.add(decision.retries);
            if (decision.kind == Decision.Kind.REQUEST && decision.totalNanos != Decision.NONE) {
                durations.add(decision.totalNanos);
            }
        }

        Count asks(Decision.Kind kind, boolean allowed, int statusClass) {
            return asks[(kind.ordinal() * 2 + (allowed ? 1 : 0)) * CLASSES + statusClass];
        }
    }

    /** How often a rule decided. */
    static final class RuleCounts {
        final Count allowed = new Count();
        final Count refused = new Count();
        final Count overlooked = new Count();

        void count(boolean wasAllowed) {
            (wasAllowed ? allowed : refused).add(1);
        }
    }
}
