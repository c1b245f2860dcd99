package dev.sallyport.model.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Conditions on a request, all of which must hold.
 *
 * @param path on the normalised path
 * @param method the method, or empty for all
 * @param headers on fields
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RouteMatch(Path path, String method, List<Header> headers) {

    public RouteMatch {
        method = method == null ? "" : method;
        headers = Lists.copy(headers);
    }

    /** A condition on the path: {@code EXACT}, or {@code PREFIX} of whole segments. */
    public record Path(Type type, String value) {
        public enum Type {
            EXACT,
            PREFIX
        }
    }

    /** A field that must have exactly this value. The name is in lower case. */
    public record Header(String name, String value) {}
}
