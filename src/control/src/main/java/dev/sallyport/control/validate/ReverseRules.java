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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the rules of a reverse proxy, each on its own and beside the others. */
final class ReverseRules {
    private final Map<String, String> pathByName = new HashMap<>();
    private final Map<Condition, String> pathByCondition = new HashMap<>();
    private final Set<String> services = new HashSet<>();
    private final RuleTimes times;
    private final List<Rule> rules;

    ReverseRules(ReverseProxySpec spec, List<CheckedListener> listeners, RuleTimes times) {
        this.times = times;
        this.rules = check(spec, listeners);
    }

    /** All rules; {@code spec.backendRefs} is one. */
    List<Rule> list() {
        return rules;
    }

    /** The names of all Services that rules refer to. */
    Set<String> services() {
        return services;
    }

    private List<Rule> check(ReverseProxySpec spec, List<CheckedListener> listeners) {
        if (spec.rules() == null) {
            var found = new Findings();
            weights("spec.backendRefs", spec.backendRefs(), found);
            return List.of(new Rule(
                    "backendRefs",
                    "",
                    List.of(RouteMatch.ALL),
                    times.of("spec", null, found),
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
                times.of(path, rule.timeouts(), found),
                new Retry(Math.clamp(retries, 0, 10)),
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
