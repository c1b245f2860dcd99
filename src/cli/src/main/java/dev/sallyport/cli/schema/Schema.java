package dev.sallyport.cli.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A structural schema of a CRD, compiled. It knows the keywords that our CRDs use and refuses to compile others. */
final class Schema {
    private static final Set<String> KNOWN = Set.of(
            "description",
            "properties",
            "required",
            "type",
            "x-kubernetes-validations",
            "items",
            "minItems",
            "maxItems",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
            "minLength",
            "maxLength",
            "enum",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "minimum",
            "maximum",
            "anyOf",
            "pattern",
            "x-kubernetes-int-or-string",
            "default",
            "format",
            "nullable",
            "x-kubernetes-map-type",
            "example");

    private final JsonNode node;
    private final String type;
    private final boolean intOrString;
    private final Map<String, Schema> properties;
    private final @Nullable Schema items;
    private final @Nullable Schema additional;
    private final @Nullable Pattern pattern;
    private final List<CelRule> rules;

    Schema(JsonNode node) {
        node.fieldNames().forEachRemaining(keyword -> {
            if (!KNOWN.contains(keyword)) {
                throw new IllegalArgumentException("the schema uses '" + keyword + "', which is not checked here");
            }
        });
        this.node = node;
        type = node.path("type").asText();
        intOrString = node.path("x-kubernetes-int-or-string").asBoolean();
        properties = new LinkedHashMap<>();
        node.path("properties").properties().forEach(p -> properties.put(p.getKey(), new Schema(p.getValue())));
        items = node.has("items") ? new Schema(node.get("items")) : null;
        additional = node.path("additionalProperties").isObject() ? new Schema(node.get("additionalProperties")) : null;
        pattern = node.has("pattern") ? Pattern.compile(node.get("pattern").asText()) : null;
        rules = StreamSupport.stream(node.path("x-kubernetes-validations").spliterator(), false)
                .map(CelRule::of)
                .toList();
    }

    /** Puts in the defaults of fields that {@code value} leaves out, as the API server does before it checks. */
    void applyDefaults(JsonNode value) {
        if (value instanceof ObjectNode object) {
            properties.forEach((name, schema) -> {
                if (!object.has(name) && schema.node.has("default")) {
                    object.set(name, schema.node.get("default").deepCopy());
                }
                schema.applyDefaults(object.path(name));
            });
        } else if (value.isArray() && items != null) {
            value.forEach(items::applyDefaults);
        }
    }

    /** Adds what is wrong with {@code value}, which is at {@code path}. Rules are tried only where the shape is right. */
    void check(JsonNode value, String path, List<Violation> violations) {
        int before = violations.size();
        String actual = typeOf(value);
        if (!isType(actual)) {
            violations.add(new Violation(
                    path,
                    "Invalid value: \"" + actual + "\": " + path + " in body must be of type "
                            + (intOrString ? "integer or string" : type) + ": \"" + actual + "\""));
            return;
        }
        switch (value.getNodeType()) {
            case OBJECT -> checkObject(value, path, violations);
            case ARRAY -> checkArray(value, path, violations);
            case STRING -> checkString(value.textValue(), path, violations);
            case NUMBER -> checkNumber(value, path, violations);
            default -> {}
        }
        if (violations.size() == before) {
            for (CelRule rule : rules) {
                Violation violation = rule.check(value, path);
                if (violation != null) {
                    violations.add(violation);
                }
            }
        }
    }

    private boolean isType(String actual) {
        if (intOrString) {
            return actual.equals("integer") || actual.equals("string");
        }
        return type.isEmpty() || type.equals(actual) || (type.equals("number") && actual.equals("integer"));
    }

    private void checkObject(JsonNode value, String path, List<Violation> violations) {
        for (JsonNode required : node.path("required")) {
            JsonNode field = value.get(required.asText());
            if (field == null || field.isNull()) {
                violations.add(new Violation(join(path, required.asText()), "Required value"));
            }
        }
        limit(
                "maxProperties",
                value.size(),
                (size, most) -> size > most,
                path,
                "Too many: " + value.size() + ": must have at most %d items",
                violations);
        value.properties().forEach(field -> {
            String inner = join(path, field.getKey());
            Schema schema = properties.getOrDefault(field.getKey(), additional);
            if (schema == null) {
                if (!properties.isEmpty()) {
                    violations.add(new Violation(inner, "unknown field \"" + inner + "\"" + hint(field.getKey())));
                }
            } else if (!field.getValue().isNull()) {
                schema.check(field.getValue(), inner, violations);
            }
        });
    }

    private String hint(String unknown) {
        return properties.keySet().stream()
                .filter(known ->
                        known.equalsIgnoreCase(unknown) || distance(known, unknown) <= Math.max(1, known.length() / 4))
                .findFirst()
                .map(known -> ", did you mean \"" + known + "\"?")
                .orElse("; known here: " + properties.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }

    private void checkArray(JsonNode value, String path, List<Violation> violations) {
        limit(
                "maxItems",
                value.size(),
                (size, most) -> size > most,
                path,
                "Too many: " + value.size() + ": must have at most %d items",
                violations);
        limit(
                "minItems",
                value.size(),
                (size, least) -> size < least,
                path,
                "Invalid value: " + value.size() + ": " + path + " in body should have at least %d items",
                violations);
        Map<JsonNode, Integer> seen = new HashMap<>();
        String listType = node.path("x-kubernetes-list-type").asText("atomic");
        for (int i = 0; i < value.size(); i++) {
            String inner = path + "[" + i + "]";
            JsonNode element = value.get(i);
            if (items != null) {
                items.check(element, inner, violations);
            }
            if (!listType.equals("atomic") && seen.put(listType.equals("map") ? keys(element) : element, i) != null) {
                violations.add(
                        new Violation(inner, "Duplicate value: " + (listType.equals("map") ? keys(element) : element)));
            }
        }
    }

    private JsonNode keys(JsonNode element) {
        ObjectNode keys = JsonNodeFactory.instance.objectNode();
        node.path("x-kubernetes-list-map-keys").forEach(key -> keys.set(key.asText(), element.path(key.asText())));
        return keys;
    }

    private void checkString(String text, String path, List<Violation> violations) {
        int length = text.codePointCount(0, text.length());
        limit(
                "maxLength",
                length,
                (size, most) -> size > most,
                path,
                "Too long: may not be more than %d bytes",
                violations);
        limit(
                "minLength",
                length,
                (size, least) -> size < least,
                path,
                "Invalid value: \"" + text + "\": " + path + " in body should be at least %d chars long",
                violations);
        if (pattern != null && !pattern.matcher(text).find()) {
            violations.add(new Violation(
                    path, "Invalid value: \"" + text + "\": " + path + " in body should match '" + pattern + "'"));
        }
        if (node.has("enum")) {
            Set<String> allowed = new HashSet<>();
            List<String> shown = new ArrayList<>();
            node.get("enum").forEach(one -> {
                allowed.add(one.asText());
                shown.add("\"" + one.asText() + "\"");
            });
            if (!allowed.contains(text)) {
                violations.add(new Violation(
                        path, "Unsupported value: \"" + text + "\": supported values: " + String.join(", ", shown)));
            }
        }
    }

    private void checkNumber(JsonNode value, String path, List<Violation> violations) {
        double number = value.doubleValue();
        if (node.has("minimum") && number < node.get("minimum").doubleValue()) {
            violations.add(new Violation(
                    path,
                    "Invalid value: " + value + ": " + path + " in body should be greater than or equal to "
                            + node.get("minimum")));
        }
        if (node.has("maximum") && number > node.get("maximum").doubleValue()) {
            violations.add(new Violation(
                    path,
                    "Invalid value: " + value + ": " + path + " in body should be less than or equal to "
                            + node.get("maximum")));
        }
    }

    private void limit(
            String keyword,
            int size,
            BiPredicate<Integer, Integer> broken,
            String path,
            String message,
            List<Violation> violations) {
        if (node.has(keyword) && broken.test(size, node.get(keyword).intValue())) {
            violations.add(
                    new Violation(path, message.formatted(node.get(keyword).intValue())));
        }
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER ->
                value.isIntegralNumber() || value.doubleValue() == Math.rint(value.doubleValue())
                        ? "integer"
                        : "number";
            default -> "null";
        };
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Levenshtein's distance of two short names. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
