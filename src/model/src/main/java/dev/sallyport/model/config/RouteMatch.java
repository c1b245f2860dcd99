package dev.sallyport.model.config;

import java.util.List;

/**
 * Conditions on a request, all of which must hold.
 *
 * @param path on the normalised path; JSON without it stands for every path
 * @param method the method, or empty for all
 * @param headers on fields
 */
public record RouteMatch(Path path, String method, List<Header> headers) {

    /** Every request. */
    public static final RouteMatch ALL = new RouteMatch(Path.ALL, "", List.of());

    public RouteMatch {
        path = path == null ? Path.ALL : path;
        method = method == null ? "" : method;
        headers = Lists.copy(headers);
    }

    /** A condition on the path: {@code EXACT}, or {@code PREFIX} of whole segments, at whose end a slash says nothing. */
    public record Path(Type type, String value) {
        /** Every path. */
        public static final Path ALL = new Path(Type.PREFIX, "/");

        public enum Type {
            EXACT,
            PREFIX
        }
    }

    /** A field that must have exactly this value. The name is in lower case. */
    public record Header(String name, String value) {}
}
