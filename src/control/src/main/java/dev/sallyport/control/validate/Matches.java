package dev.sallyport.control.validate;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.reverse.HeaderMatch;
import dev.sallyport.api.v1alpha1.reverse.PathMatch;
import dev.sallyport.api.v1alpha1.reverse.PathMatchType;
import dev.sallyport.model.config.RouteMatch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges the conditions that a rule sets on requests. */
final class Matches {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VISIBLE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\uffff]*");

    private Matches() {}

    /** Null for what no request can have; what comes near to it in normal form is what was meant. */
    static RouteMatch.@Nullable Path path(String at, @Nullable PathMatch match, Findings found) {
        if (match == null) {
            return RouteMatch.ALL.path();
        }
        boolean exact = match.type() == PathMatchType.EXACT;
        String value = requireNonNullElse(match.value(), "/");
        String normal = Paths.normal(value);
        if (normal == null) {
            found.error(
                    at + ".value",
                    "'" + value + "' is not the path of a request that is served",
                    "begin with a slash, leave out query, fragment and encoded slashes, and percent-encode what needs it");
            return null;
        }
        if (!normal.equals(value)) {
            found.error(
                    at + ".value",
                    "'" + value + "' matches no request, because the paths of requests are normalised first",
                    "write " + normal);
        }
        boolean slash = !exact && normal.length() > 1 && normal.endsWith("/");
        return new RouteMatch.Path(
                exact ? RouteMatch.Path.Type.EXACT : RouteMatch.Path.Type.PREFIX,
                slash ? normal.substring(0, normal.length() - 1) : normal);
    }

    /** Null when one of them is a condition that no request can meet. */
    static @Nullable List<RouteMatch.Header> headers(String at, @Nullable List<HeaderMatch> given, Findings found) {
        Map<String, RouteMatch.Header> headers = new TreeMap<>();
        boolean possible = true;
        List<HeaderMatch> matches = requireNonNullElse(given, List.of());
        for (int i = 0; i < matches.size(); i++) {
            String path = at + "[" + i + "]";
            String name = requireNonNullElse(matches.get(i).name(), "");
            String value = requireNonNullElse(matches.get(i).value(), "");
            if (!TOKEN.matcher(name).matches()) {
                possible = false;
                found.error(
                        path + ".name",
                        "'" + name + "' is not the name of a field",
                        "use letters, digits and !#$%&'*+-.^_`|~ only");
            }
            if (!VISIBLE.matcher(value).matches() || !value.strip().equals(value)) {
                possible = false;
                found.error(
                        path + ".value",
                        "has control characters, or space around it, which the value of a field cannot have",
                        "remove them");
            }
            String lower = name.toLowerCase(Locale.ROOT);
            if (headers.putIfAbsent(lower, new RouteMatch.Header(lower, value)) != null) {
                found.warning(path, "'" + name + "' has a condition already, which alone counts", "remove one of them");
            }
        }
        return possible ? List.copyOf(headers.values()) : null;
    }
}
