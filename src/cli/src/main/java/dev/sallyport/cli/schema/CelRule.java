package dev.sallyport.cli.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of {@code x-kubernetes-validations}: an expression over {@code self} that must be true. */
final class CelRule {
    private static final Cel CEL = CelFactory.standardCelBuilder()
            .setOptions(CelOptions.current()
                    .enableHeterogeneousNumericComparisons(true)
                    .build())
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("self", SimpleType.DYN)
            .build();

    private final CelRuntime.Program program;
    private final String message;
    private final String fieldPath;

    private CelRule(CelRuntime.Program program, String message, String fieldPath) {
        this.program = program;
        this.message = message;
        this.fieldPath = fieldPath;
    }

    /**
     * @throws IllegalArgumentException when the rule does not compile or looks at {@code oldSelf}
     */
    static CelRule of(JsonNode rule) {
        String expression = rule.path("rule").asText();
        try {
            return new CelRule(
                    CEL.createProgram(CEL.compile(expression).getAst()),
                    rule.path("message").asText("failed rule: " + expression),
                    rule.path("fieldPath").asText());
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException("rule " + expression + ": " + e.getMessage(), e);
        }
    }

    /** What {@code value}, which is at {@code path}, does wrong, or null. */
    @Nullable
    Violation check(JsonNode value, String path) {
        try {
            return Boolean.TRUE.equals(program.eval(Map.of("self", plain(value))))
                    ? null
                    : new Violation(path.isEmpty() ? fieldPath.replaceFirst("^\\.", "") : path + fieldPath, message);
        } catch (CelEvaluationException e) {
            return new Violation(path, message + " (" + e.getMessage() + ")");
        }
    }

    private static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                node.properties().forEach(field -> {
                    if (!field.getValue().isNull()) {
                        map.put(field.getKey(), plain(field.getValue()));
                    }
                });
                yield map;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>(node.size());
                node.forEach(element -> list.add(plain(element)));
                yield list;
            }
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : node.doubleValue();
            default -> node.asText();
        };
    }
}
