package dev.sallyport.control.inject;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * An {@code add} of a JSON Patch (RFC 6902, section 4.1), the only operation there is: nothing of a pod is taken away. Where there is a
 * member already it is replaced, which happens to probes and to what is ours.
 *
 * @param path a JSON pointer (RFC 6901)
 * @param value a string, a map, a list, or an object of Kubernetes' model
 */
@JsonPropertyOrder({"op", "path", "value"})
public record PatchOperation(String path, Object value) {
    @JsonProperty
    public String op() {
        return "add";
    }

    /** A member of {@code parent}, by whatever name. */
    static String member(String parent, String name) {
        return parent + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
