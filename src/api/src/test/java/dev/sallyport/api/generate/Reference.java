package dev.sallyport.api.generate;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A definition as a page for people: a table for each object in it, with types, defaults, meanings and what is refused. */
final class Reference {
    private static final Pattern DEFAULT = Pattern.compile("\\s*Default: ([^.]+(?:\\.\\S[^.]*)*)\\.$");

    private final List<String> lines = new ArrayList<>();

    private Reference() {}

    /**
     * @param example the smallest object of the kind, as YAML
     */
    static String markdown(CustomResourceDefinition crd, String example) {
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
        Reference page = new Reference();
        page.head(crd, version, schema, example);
        page.object("spec", schema.getProperties().get("spec"));
        page.object("status", schema.getProperties().get("status"));
        return String.join("\n", page.lines) + "\n";
    }

    private void head(
            CustomResourceDefinition crd,
            CustomResourceDefinitionVersion version,
            JSONSchemaProps schema,
            String example) {
        String kind = crd.getSpec().getNames().getKind();
        lines.add("<!-- Generated from the types in src/api by `make generate`. -->");
        lines.add("# " + kind);
        lines.add("");
        lines.add(schema.getDescription());
        lines.add("");
        lines.add("```yaml");
        lines.add(example.strip());
        lines.add("```");
        lines.add("");
        lines.add("- `apiVersion: %s/%s`, `kind: %s`; in a namespace"
                .formatted(crd.getSpec().getGroup(), version.getName(), kind));
        lines.add("- For kubectl also `%s`; `kubectl get %s` lists all kinds of Sallyport"
                .formatted(
                        crd.getSpec().getNames().getShortNames().getFirst(),
                        crd.getSpec().getNames().getCategories().getFirst()));
        lines.add("- `kubectl get` shows " + columns(version, 0) + "; `-o wide` also " + columns(version, 1));
        lines.add("- `kubectl scale` sets `spec.replicas`");
        for (ValidationRule rule : schema.getXKubernetesValidations()) {
            lines.add("- Refused: `" + rule.getMessage() + "`");
        }
        lines.add("- An unknown field is refused by kubectl, `sallyport validate` and `sallyport run`.");
    }

    private static String columns(CustomResourceDefinitionVersion version, int priority) {
        return version.getAdditionalPrinterColumns().stream()
                .filter(column -> column.getPriority() == priority)
                .map(CustomResourceColumnDefinition::getName)
                .collect(Collectors.joining(", "));
    }

    private void object(String path, JSONSchemaProps object) {
        lines.add("");
        lines.add("## " + path);
        lines.add("");
        lines.add("| Field | Type | Default | Meaning |");
        lines.add("|---|---|---|---|");
        Map<String, JSONSchemaProps> below = new TreeMap<>();
        object.getProperties().forEach((name, field) -> {
            row(name, field, object.getRequired().contains(name));
            JSONSchemaProps inner = isList(field) ? field.getItems().getSchema() : field;
            if (!inner.getProperties().isEmpty()) {
                below.put(path + "." + name + (isList(field) ? "[]" : ""), inner);
            }
        });
        if (!object.getXKubernetesValidations().isEmpty()) {
            lines.add("");
            object.getXKubernetesValidations().forEach(rule -> lines.add("- Refused: `" + rule.getMessage() + "`"));
        }
        below.forEach(this::object);
    }

    private void row(String name, JSONSchemaProps field, boolean required) {
        String meaning = flat(field.getDescription());
        String standard = "";
        Matcher matcher = DEFAULT.matcher(meaning);
        if (matcher.find()) {
            standard = matcher.group(1);
            meaning = meaning.substring(0, matcher.start());
        }
        List<String> limits = limits(field);
        lines.add("| `%s` | %s | %s | %s |"
                .formatted(
                        name,
                        type(field),
                        cell(required ? "**required**" : standard),
                        cell(meaning + (limits.isEmpty() ? "" : "<br>*" + String.join("; ", limits) + "*"))));
    }

    private static String type(JSONSchemaProps field) {
        if (isList(field)) {
            return "list of " + type(field.getItems().getSchema());
        }
        if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
            return "quantity";
        }
        if (field.getAdditionalProperties() != null) {
            return "map of " + type(field.getAdditionalProperties().getSchema());
        }
        return field.getType();
    }

    private static List<String> limits(JSONSchemaProps field) {
        List<String> limits = new ArrayList<>();
        if (isList(field)) {
            limits.addAll(range(field.getMinItems(), field.getMaxItems(), "entries"));
            switch (field.getXKubernetesListType()) {
                case "set" -> limits.add("no entry twice");
                case "map" ->
                    limits.add("no two entries with the same " + String.join(", ", field.getXKubernetesListMapKeys()));
                default -> {}
            }
            JSONSchemaProps entry = field.getItems().getSchema();
            if (entry.getProperties().isEmpty()) {
                limits(entry).forEach(limit -> limits.add("each: " + limit));
            }
            return limits;
        }
        if (!field.getEnum().isEmpty()) {
            limits.add("one of "
                    + field.getEnum().stream()
                            .map(value -> "`" + value.asText() + "`")
                            .collect(Collectors.joining(", ")));
        }
        limits.addAll(range(whole(field.getMinimum()), whole(field.getMaximum()), ""));
        limits.addAll(range(field.getMinProperties(), field.getMaxProperties(), "entries"));
        limits.addAll(range(field.getMinLength(), field.getMaxLength(), "characters"));
        if (field.getPattern() != null) {
            limits.add("matches `" + field.getPattern() + "`");
        }
        if (field.getProperties().isEmpty()) {
            field.getXKubernetesValidations()
                    .forEach(rule ->
                            limits.add("refused where it " + rule.getMessage().replace("*", "\\*")));
        }
        return limits;
    }

    private static List<String> range(Long least, Long most, String of) {
        String unit = of.isEmpty() ? "" : " " + of;
        if (least == null && most == null) {
            return List.of();
        }
        if (most == null) {
            return List.of("at least " + least + unit);
        }
        return List.of(least == null ? "at most " + most + unit : least + " to " + most + unit);
    }

    private static Long whole(Double number) {
        return number == null ? null : number.longValue();
    }

    private static boolean isList(JSONSchemaProps field) {
        return "array".equals(field.getType());
    }

    private static String flat(String description) {
        return description.replaceAll("\\s+", " ");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
