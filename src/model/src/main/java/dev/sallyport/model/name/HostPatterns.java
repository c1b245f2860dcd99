package dev.sallyport.model.name;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many host patterns, asked which of them match. One look-up reads the host once from its end, with a hash probe at
 * each label, and makes no object for a name. A pattern is answered by its index in the list that the set was made of.
 */
public final class HostPatterns {
    /** Answers that no pattern matched. */
    public static final int NONE = -1;

    private static final int[] EMPTY = {};

    private final @Nullable Node[] table;
    private final Map<IpAddress, int[]> addresses;
    private final int[] any;
    private final boolean hasNames;

    /** The patterns that end in one name. */
    private record Node(String name, int hash, int[] exact, int[] subdomains, int[] domain) {}

    /** What must hold for a pattern beside its host. */
    public interface Condition {
        /**
         * @param pattern the index of a pattern that matched
         * @param port as handed to the look-up
         * @param method as handed to the look-up
         */
        boolean holds(int pattern, int port, Ascii method);
    }

    /**
     * @param patterns whose ports are not looked at: that is a {@link Condition}'s business
     */
    public HostPatterns(List<HostPattern> patterns) {
        Map<String, Map<HostPattern.Kind, List<Integer>>> names = new HashMap<>();
        Map<IpAddress, List<Integer>> literals = new HashMap<>();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < patterns.size(); i++) {
            HostPattern pattern = patterns.get(i);
            List<Integer> indexes = switch (pattern.kind()) {
                case ANY -> all;
                case ADDRESS -> literals.computeIfAbsent(address(pattern), key -> new ArrayList<>());
                case EXACT, SUBDOMAINS, DOMAIN ->
                    names.computeIfAbsent(pattern.name(), key -> new HashMap<>())
                            .computeIfAbsent(pattern.kind(), key -> new ArrayList<>());
            };
            indexes.add(i);
        }
        any = array(all);
        hasNames = !names.isEmpty();
        addresses = new HashMap<>();
        literals.forEach((address, indexes) -> addresses.put(address, array(indexes)));
        table = new @Nullable Node[Integer.highestOneBit(Math.max(names.size(), 1)) * 4];
        names.forEach((name, kinds) -> put(new Node(
                name,
                hash(name),
                array(kinds.getOrDefault(HostPattern.Kind.EXACT, List.of())),
                array(kinds.getOrDefault(HostPattern.Kind.SUBDOMAINS, List.of())),
                array(kinds.getOrDefault(HostPattern.Kind.DOMAIN, List.of())))));
    }

    private static IpAddress address(HostPattern pattern) {
        IpAddress address = IpAddress.parse(pattern.name());
        if (address == null) {
            throw new IllegalArgumentException(pattern + " is not an address");
        }
        return address;
    }

    private static int[] array(List<Integer> indexes) {
        return indexes.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * The first pattern that matches a name and whose condition holds, or {@link #NONE}.
     *
     * @param name a host of {@link HostKind#NAME}
     */
    public int first(Ascii name, Condition condition, int port, Ascii method) {
        int best = first(any, Integer.MAX_VALUE, condition, port, method);
        best = hasNames ? firstNamed(name, best, condition, port, method) : best;
        return best == Integer.MAX_VALUE ? NONE : best;
    }

    private int firstNamed(Ascii name, int before, Condition condition, int port, Ascii method) {
        int best = before;
        int length = HostKind.length(name);
        int hash = 0;
        for (int i = length - 1; i >= 0; i--) {
            int octet = Ascii.lowerCase(name.at(i));
            if (octet == '.') {
                Node node = find(name, i + 1, length, hash);
                if (node != null) {
                    best = first(node.subdomains, best, condition, port, method);
                    best = first(node.domain, best, condition, port, method);
                }
            }
            hash = 31 * hash + octet;
        }
        Node node = find(name, 0, length, hash);
        if (node != null) {
            best = first(node.exact, best, condition, port, method);
            best = first(node.domain, best, condition, port, method);
        }
        return best;
    }

    /** The first pattern that names an address, or every host, and whose condition holds, or {@link #NONE}. */
    public int first(IpAddress address, Condition condition, int port, Ascii method) {
        int best = first(any, Integer.MAX_VALUE, condition, port, method);
        best = first(addresses.getOrDefault(address, EMPTY), best, condition, port, method);
        return best == Integer.MAX_VALUE ? NONE : best;
    }

    /** The first pattern that names just this address and whose condition holds, or {@link #NONE}. */
    public int firstLiteral(IpAddress address, Condition condition, int port, Ascii method) {
        int best = first(addresses.getOrDefault(address, EMPTY), Integer.MAX_VALUE, condition, port, method);
        return best == Integer.MAX_VALUE ? NONE : best;
    }

    /**
     * The pattern that says most about a host: the name or address itself, before the longest name that it is below,
     * before {@code *}; of equals the first. {@link #NONE} when none matches.
     */
    public int mostSpecific(Ascii host) {
        int best = any.length > 0 ? any[0] : NONE;
        int length = HostKind.length(host);
        int hash = 0;
        for (int i = length - 1; i >= 0; i--) {
            int octet = Ascii.lowerCase(host.at(i));
            if (octet == '.') {
                Node node = find(host, i + 1, length, hash);
                best = node == null ? best : lowest(node.subdomains, node.domain, best);
            }
            hash = 31 * hash + octet;
        }
        Node node = find(host, 0, length, hash);
        if (node != null) {
            best = node.exact.length > 0 ? node.exact[0] : lowest(node.domain, EMPTY, best);
        }
        if (!addresses.isEmpty()) {
            IpAddress address = IpAddress.parse(host, length);
            int[] literal = address == null ? EMPTY : addresses.getOrDefault(address, EMPTY);
            best = literal.length > 0 ? literal[0] : best;
        }
        return best;
    }

    private static int lowest(int[] one, int[] other, int otherwise) {
        if (one.length > 0 && other.length > 0) {
            return Math.min(one[0], other[0]);
        }
        return one.length > 0 ? one[0] : other.length > 0 ? other[0] : otherwise;
    }

    private static int first(int[] patterns, int best, Condition condition, int port, Ascii method) {
        for (int pattern : patterns) {
            if (pattern >= best) {
                return best;
            }
            if (condition.holds(pattern, port, method)) {
                return pattern;
            }
        }
        return best;
    }

    private static int hash(String name) {
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            hash = 31 * hash + name.charAt(i);
        }
        return hash;
    }

    private int slot(int hash) {
        return (hash ^ hash >>> 16) * 0x9e3779b1 >>> 8 & table.length - 1;
    }

    private void put(Node node) {
        int slot = slot(node.hash);
        while (table[slot] != null) {
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = node;
    }

    private @Nullable Node find(Ascii host, int from, int to, int hash) {
        for (int slot = slot(hash); ; slot = slot + 1 & table.length - 1) {
            Node node = table[slot];
            if (node == null || node.hash == hash && matches(node.name, host, from, to)) {
                return node;
            }
        }
    }

    private static boolean matches(String name, Ascii host, int from, int to) {
        if (name.length() != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (Ascii.lowerCase(host.at(i)) != name.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }
}
