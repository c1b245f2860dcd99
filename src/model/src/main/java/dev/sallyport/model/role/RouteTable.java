package dev.sallyport.model.role;

import dev.sallyport.model.config.RouteMatch;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Routes, asked which one a request takes. The order is Gateway API's (HTTPRouteRule): an exact path, then the longest
 * prefix, then a condition on the method, then the larger number of fields, then the order of declaration. One
 * look-up reads the path once, with a hash probe at each segment, and makes no object.
 */
final class RouteTable {
    /**
     * A way of a request.
     *
     * @param order of declaration
     * @param strangers what is picked for clients whose forwarding fields are not believed
     * @param trusted what is picked for those whose fields are
     */
    record Route(String rule, RouteMatch match, int order, Choice strangers, Choice trusted) {
        boolean matches(RequestView request) {
            if (!match.method().isEmpty() && !request.method().contentEquals(match.method())) {
                return false;
            }
            List<RouteMatch.Header> headers = match.headers();
            for (int i = 0; i < headers.size(); i++) {
                Ascii value = request.field(headers.get(i).name());
                if (value == null || !value.contentEquals(headers.get(i).value())) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                            match.path().type() == RouteMatch.Path.Type.EXACT ? "path " : "prefix ")
                    .append(match.path().value());
            if (!match.method().isEmpty()) {
                text.append(", method ").append(match.method());
            }
            match.headers()
                    .forEach(header ->
                            text.append(", ").append(header.name()).append(": ").append(header.value()));
            return text.toString();
        }
    }

    private static final Comparator<Route> PRECEDENCE = Comparator.comparing(
                    (Route route) -> route.match().method().isEmpty())
            .thenComparing(Comparator.comparingInt(
                            (Route route) -> route.match().headers().size())
                    .reversed())
            .thenComparingInt(Route::order);

    /** The routes of one path, the one that goes first in front, and the longest prefix around it. */
    private record Node(
            String path, int hash, Route[] routes, @Nullable Node parent) {}

    private final @Nullable Node[] exact;
    private final @Nullable Node[] prefixes;
    private final int longestExact;
    private final int longestPrefix;

    RouteTable(List<Route> routes) {
        Map<String, List<Route>> exactPaths = new HashMap<>();
        Map<String, List<Route>> prefixPaths = new HashMap<>();
        for (Route route : routes) {
            RouteMatch.Path path = route.match().path();
            boolean isExact = path.type() == RouteMatch.Path.Type.EXACT;
            (isExact ? exactPaths : prefixPaths)
                    .computeIfAbsent(isExact ? path.value() : withoutSlash(path.value()), key -> new ArrayList<>())
                    .add(route);
        }
        exact = table(exactPaths.size());
        prefixes = table(prefixPaths.size());
        exactPaths.forEach((path, ways) -> put(exact, node(path, ways, null)));
        prefixPaths.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().length()))
                .forEach(entry -> put(prefixes, node(entry.getKey(), entry.getValue(), around(entry.getKey()))));
        longestExact =
                exactPaths.keySet().stream().mapToInt(String::length).max().orElse(-1);
        longestPrefix =
                prefixPaths.keySet().stream().mapToInt(String::length).max().orElse(-1);
    }

    /** A prefix is one of whole segments, so a slash at its end says nothing. */
    private static String withoutSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    private static @Nullable Node[] table(int size) {
        return new @Nullable Node[Integer.highestOneBit(Math.max(size, 1)) * 4];
    }

    private static Node node(String path, List<Route> ways, @Nullable Node parent) {
        return new Node(path, path.hashCode(), ways.stream().sorted(PRECEDENCE).toArray(Route[]::new), parent);
    }

    /** The longest of the prefixes so far that lies around another. */
    private @Nullable Node around(String prefix) {
        for (int slash = prefix.lastIndexOf('/'); slash >= 0; slash = prefix.lastIndexOf('/', slash - 1)) {
            String outer = prefix.substring(0, slash);
            Node node = find(prefixes, Ascii.of(outer), outer.length(), outer.hashCode());
            if (node != null) {
                return node;
            }
        }
        return null;
    }

    /** The route that a request takes, or null. */
    @Nullable
    Route find(RequestView request, Trail trail) {
        Ascii path = request.path();
        int length = path.length();
        int end = Math.min(length, Math.max(longestExact, longestPrefix));
        Node prefix = null;
        int hash = 0;
        for (int i = 0; i <= end; i++) {
            if (i <= longestPrefix && (i == length || i == 0 || path.at(i) == '/')) {
                Node node = find(prefixes, path, i, hash);
                prefix = node == null ? prefix : node;
            }
            if (i < end) {
                hash = 31 * hash + path.at(i);
            }
        }
        Route route = length <= longestExact ? first(find(exact, path, length, hash), request, trail) : null;
        while (route == null && prefix != null) {
            route = first(prefix, request, trail);
            prefix = prefix.parent;
        }
        return route;
    }

    private static @Nullable Route first(@Nullable Node node, RequestView request, Trail trail) {
        if (node == null) {
            return null;
        }
        for (Route route : node.routes) {
            boolean matches = route.matches(request);
            if (trail.wanted()) {
                trail.step(route.rule(), route.toString(), matches);
            }
            if (matches) {
                return route;
            }
        }
        return null;
    }

    private static int slot(@Nullable Node[] table, int hash) {
        return (hash ^ hash >>> 16) * 0x9e3779b1 >>> 8 & table.length - 1;
    }

    private static void put(@Nullable Node[] table, Node node) {
        int slot = slot(table, node.hash);
        while (table[slot] != null) {
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = node;
    }

    /** The node of the first {@code length} bytes of {@code path}, whose hash is that of {@link String#hashCode()}. */
    private static @Nullable Node find(@Nullable Node[] table, Ascii path, int length, int hash) {
        for (int slot = slot(table, hash); ; slot = slot + 1 & table.length - 1) {
            Node node = table[slot];
            if (node == null || node.hash == hash && node.path.length() == length && path.startsWith(node.path)) {
                return node;
            }
        }
    }
}
