package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.ReverseRule;
import dev.sallyport.model.config.Listener.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges the rules for connections that are passed through, each on its own and beside the others. */
final class PassageRules {
    private static final String UNREAD = "is for requests, and the listener passes connections through unread";

    private final Map<String, String> ruleByListener = new HashMap<>();
    private final Map<Name, String> pathByName = new HashMap<>();

    private record Name(String listener, String name) {}

    /** Whether a rule is for the listener. */
    boolean has(String listener) {
        return ruleByListener.containsKey(listener);
    }

    /**
     * The server names that a rule is for.
     *
     * @return null for a rule that cannot stand among the others
     */
    @Nullable
    List<String> serverNames(String path, ReverseRule rule, CheckedListener listener, Findings found) {
        if (rule.matches() != null) {
            found.error(path + ".matches", UNREAD, "remove it, or name a listener of HTTP");
        }
        if (rule.timeouts() != null) {
            found.error(path + ".timeouts", UNREAD, "remove it; spec.timeouts.idle and lifetime hold");
        }
        String other = ruleByListener.putIfAbsent(listener.name(), path);
        if (listener.protocols().contains(Protocol.TLS)) {
            return ofTls(path, rule.hostnames(), listener, found);
        }
        if (rule.hostnames() != null) {
            found.error(
                    path + ".hostnames",
                    "is for listeners of TLS, and '" + listener.name() + "' reads no server name",
                    "remove it, or make the listener one of TLS");
        }
        if (other != null) {
            found.error(
                    path + ".listener",
                    "'" + listener.name() + "' passes all to " + other + " already, and a listener of TCP has one rule",
                    "put the backendRefs of both into one rule, or give each a listener");
            return null;
        }
        return List.of();
    }

    private @Nullable List<String> ofTls(
            String path, @Nullable List<String> hostnames, CheckedListener listener, Findings found) {
        List<String> given = requireNonNullElse(hostnames, List.of());
        List<String> names = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String at = path + ".hostnames[" + i + "]";
            String name = Hosts.name(at, given.get(i), found);
            if (name != null) {
                names.add(name);
                claim(at, new Name(listener.name(), name), found);
            }
        }
        if (given.isEmpty()) {
            claim(path, new Name(listener.name(), ""), found);
        }
        return names.isEmpty() && !given.isEmpty() ? null : names;
    }

    private void claim(String path, Name name, Findings found) {
        String other = pathByName.putIfAbsent(name, path);
        if (other != null) {
            found.warning(
                    path,
                    "never takes a connection, because " + other + " is the same and comes first",
                    "remove one of them");
        }
    }
}
