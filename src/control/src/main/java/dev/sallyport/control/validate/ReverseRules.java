package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.reverse.BackendRef;
import dev.sallyport.api.v1alpha1.reverse.Match;
import dev.sallyport.api.v1alpha1.reverse.ReverseRule;
import dev.sallyport.control.input.Defaults;
import dev.sallyport.control.validate.CheckedReverse.Rule;
import dev.sallyport.model.config.ReverseRule.Retry;
import dev.sallyport.model.config.RouteMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the rules of a reverse proxy, each on its own and beside the others. */
final class ReverseRules {
    private final Map<String, String> pathByName = new HashMap<>();
    private final Map<Condition, String> pathByCondition = new HashMap<>();
    private final Set<String> services = new HashSet<>();
    private final PassageRules passages = new PassageRules();
    private final Map<String, CheckedListener> listeners = new LinkedHashMap<>();
    private final boolean servesRequests;
    private final RuleTimes times;
    private final List<Rule> rules;

    ReverseRules(ReverseProxySpec spec, List<CheckedListener> listeners, RuleTimes times) {
        listeners.forEach(listener -> this.listeners.putIfAbsent(listener.name(), listener));
        this.servesRequests = !listeners.stream().allMatch(CheckedListener::passes);
        this.times = times;
        this.rules = check(spec);
    }

    /** All rules; {@code spec.backendRefs} is one. */
    List<Rule> list() {
        return rules;
    }

    /** The names of the listeners that pass connections through and have no rule. */
    List<String> unused() {
        return listeners.values().stream()
                .filter(listener -> listener.passes() && !passages.has(listener.name()))
                .map(CheckedListener::name)
                .toList();
    }

    /** The names of all Services that rules refer to. */
    Set<String> services() {
        return services;
    }

    private List<Rule> check(ReverseProxySpec spec) {
        if (spec.rules() == null) {
            return List.of(shorthand(requireNonNullElse(spec.backendRefs(), List.of())));
        }
        List<Rule> rules = new ArrayList<>();
        for (ReverseRule rule : spec.rules()) {
            rules.add(rule(rules.size(), rule));
        }
        return rules;
    }

    /** All requests, or all connections of the one listener that passes them through. */
    private Rule shorthand(List<BackendRef> refs) {
        var found = new Findings();
        var retry = new Retry(Defaults.RETRIES);
        weights("spec.backendRefs", refs, found);
        if (servesRequests) {
            return new Rule(
                    "backendRefs",
                    "",
                    List.of(RouteMatch.ALL),
                    List.of(),
                    true,
                    times.of("spec", null, found),
                    retry,
                    found.list());
        }
        if (listeners.size() > 1) {
            found.error(
                    "spec.backendRefs",
                    "is for one listener, and there are several that pass connections through",
                    "give rules instead, one for each listener");
        }
        CheckedListener only = listeners.values().iterator().next();
        ReverseRule all = new ReverseRule(null, null, null, null, refs, null, null);
        return passage("backendRefs", only, passages.serverNames("spec.backendRefs", all, only, found), retry, found);
    }

    private Rule passage(
            String name, CheckedListener listener, @Nullable List<String> serverNames, Retry retry, Findings found) {
        return new Rule(
                name,
                listener.name(),
                List.of(),
                requireNonNullElse(serverNames, List.of()),
                serverNames != null,
                times.passage(),
                retry,
                found.list());
    }

    private Rule rule(int index, ReverseRule rule) {
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
        boolean known = listener.isEmpty() ? servesRequests : listeners.containsKey(listener);
        if (!known && listener.isEmpty()) {
            found.error(
                    path + ".listener",
                    "is not given, and no listener serves requests",
                    "name the listener whose connections the rule takes");
        } else if (!known) {
            found.error(
                    path + ".listener",
                    "'" + listener + "' is not among spec.listeners",
                    "name one of them, or leave listener out for all");
        }
        weights(path + ".backendRefs", rule.backendRefs(), found);
        int retries = rule.retry() == null
                ? Defaults.RETRIES
                : requireNonNullElse(rule.retry().attempts(), Defaults.RETRIES);
        if (retries < 0 || retries > 10) {
            found.error(path + ".retry.attempts", retries + " is out of range", "give 0 to 10");
        }
        String name = rule.name() == null || other != null ? "rules[" + index + "]" : rule.name();
        var retry = new Retry(Math.clamp(retries, 0, 10));
        CheckedListener of = listeners.get(listener);
        if (of != null && of.passes()) {
            return passage(name, of, passages.serverNames(path, rule, of, found), retry, found);
        }
        if (rule.hostnames() != null) {
            found.error(
                    path + ".hostnames",
                    "is for listeners of TLS, which pass connections through",
                    "remove it and give spec.hostnames, or name a listener of TLS");
        }
        List<RouteMatch> matches = known ? matches(path, listener, rule.matches(), found) : List.of();
        return new Rule(
                name,
                listener,
                matches,
                List.of(),
                !matches.isEmpty(),
                times.of(path, rule.timeouts(), found),
                retry,
                found.list());
    }

    private List<RouteMatch> matches(String rule, String listener, @Nullable List<Match> given, Findings found) {
        if (given == null || given.isEmpty()) {
            shadow(rule, listener, RouteMatch.ALL, found);
            return List.of(RouteMatch.ALL);
        }
        List<RouteMatch> matches = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String at = rule + ".matches[" + i + "]";
            Match match = given.get(i);
            RouteMatch.Path path = Matches.path(at + ".path", match.path(), found);
            List<RouteMatch.Header> headers = Matches.headers(at + ".headers", match.headers(), found);
            if (path != null && headers != null) {
                String method = match.method() == null ? "" : match.method().name();
                var checked = new RouteMatch(path, method, headers);
                shadow(at, listener, checked, found);
                matches.add(checked);
            }
        }
        return matches;
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
