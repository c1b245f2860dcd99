package dev.sallyport.cli.read;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * One object of a file.
 *
 * @param start where it begins
 * @param content the object as JSON
 * @param positions where each field's value begins, by its path such as {@code spec.rules[0].name}
 */
public record Document(Position start, ObjectNode content, Map<String, Position> positions) {
    public String apiVersion() {
        return content.path("apiVersion").asText();
    }

    public String kind() {
        return content.path("kind").asText();
    }

    /** {@code metadata.namespace}, or {@code default} as kubectl takes it. */
    public String namespace() {
        String namespace = content.path("metadata").path("namespace").asText();
        return namespace.isEmpty() ? "default" : namespace;
    }

    public String name() {
        return content.path("metadata").path("name").asText();
    }

    /** How messages name the object: {@code ForwardProxy shop/egress}. */
    public String title() {
        return kind() + " " + namespace() + "/" + name();
    }

    /**
     * Where the field at {@code path} is, or the nearest field around it that is there.
     *
     * @param path in which a name with dots in it may stand in brackets, as in {@code metadata.annotations[a.example/b]}
     */
    public Position at(String path) {
        String nearest = path.replaceAll("\\[([^]]*[^]0-9][^]]*)]", ".$1");
        while (!nearest.isEmpty()) {
            Position position = positions.get(nearest);
            if (position != null) {
                return position;
            }
            nearest = nearest.substring(0, Math.max(0, Math.max(nearest.lastIndexOf('.'), nearest.lastIndexOf('['))));
        }
        return start;
    }
}
