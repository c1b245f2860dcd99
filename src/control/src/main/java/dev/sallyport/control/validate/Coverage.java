package dev.sallyport.control.validate;

import dev.sallyport.model.name.HostPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds among the entries so far one that matches all that another one does. The cost of a look-up does not grow with the number of
 * entries: of many with one name only the first few are compared, since what is found is only worth a warning.
 */
final class Coverage {
    private static final int COMPARED = 8;

    private final Map<HostPattern, List<Entry>> entries = new HashMap<>();

    /**
     * An entry of a rule.
     *
     * @param path where it stands
     * @param ports what it matches; empty: all; 0 alone: those that hold where an allow names none
     * @param methods what it matches; empty: all
     */
    record Entry(String path, HostPattern host, Set<Integer> ports, Set<String> methods) {
        boolean covers(Entry other) {
            return covers(ports, other.ports) && covers(methods, other.methods);
        }

        private static <T> boolean covers(Set<T> mine, Set<T> others) {
            return mine.isEmpty() || (!others.isEmpty() && mine.containsAll(others));
        }
    }

    void add(Entry entry) {
        List<Entry> same = entries.computeIfAbsent(key(entry.host.kind(), entry.host.name()), any -> new ArrayList<>());
        if (same.size() < COMPARED) {
            same.add(entry);
        }
    }

    @Nullable
    Entry covering(Entry entry) {
        HostPattern host = entry.host;
        Entry found = first(HostPattern.Kind.ANY, "", entry);
        if (found != null || host.kind() == HostPattern.Kind.ANY) {
            return found;
        }
        found = first(host.kind(), host.name(), entry);
        if (host.kind() == HostPattern.Kind.ADDRESS) {
            return found;
        }
        if (found == null) {
            found = first(HostPattern.Kind.DOMAIN, host.name(), entry);
        }
        for (int dot = host.name().indexOf('.');
                found == null && dot >= 0;
                dot = host.name().indexOf('.', dot + 1)) {
            String parent = host.name().substring(dot + 1);
            found = first(HostPattern.Kind.SUBDOMAINS, parent, entry);
            if (found == null) {
                found = first(HostPattern.Kind.DOMAIN, parent, entry);
            }
        }
        return found;
    }

    private @Nullable Entry first(HostPattern.Kind kind, String name, Entry entry) {
        for (Entry candidate : entries.getOrDefault(key(kind, name), List.of())) {
            if (candidate.covers(entry)) {
                return candidate;
            }
        }
        return null;
    }

    private static HostPattern key(HostPattern.Kind kind, String name) {
        return new HostPattern(kind, name, 0);
    }
}
