package dev.sallyport.cli.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.read.Document;
import dev.sallyport.cli.read.UnreadableException;
import dev.sallyport.cli.read.YamlReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrdsTest {
    private static final String CRD = """
            kind: CustomResourceDefinition
            spec:
              group: example.dev
              names: {kind: Thing}
              versions:
              - name: v1
                schema:
                  openAPIV3Schema:
                    type: object
                    required: [spec]
                    properties:
                      spec:
                        type: object
                        required: [port]
                        x-kubernetes-validations:
                        - {rule: "!(has(self.a) && has(self.b))", message: "a and b exclude each other; give one"}
                        properties:
                          port: {type: integer, minimum: 1, maximum: 65535}
                          mode: {type: string, enum: [Enforce, Report], default: Enforce}
                          size: {anyOf: [{type: integer}, {type: string}], x-kubernetes-int-or-string: true}
                          a: {type: string, maxLength: 3, pattern: "^[a-z]*$"}
                          b: {type: string, x-kubernetes-validations: [{rule: "self.matches(r'^[0-9.]+$')", message: "only digits"}]}
                          names: {type: array, maxItems: 2, minItems: 1, x-kubernetes-list-type: set, items: {type: string}}
                          listeners:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [name]
                            items: {type: object, properties: {name: {type: string}, port: {type: integer}}}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "port: 0 | spec.port: Invalid value: 0: spec.port in body should be greater than or equal to 1",
                "port: 70000 | spec.port: Invalid value: 70000: spec.port in body should be less than or equal to 65535",
                "port: x | spec.port: Invalid value: \"string\": spec.port in body must be of type integer: \"string\"",
                "mode: Report | spec.port: Required value",
                "{port: 1, mode: report} | spec.mode: Unsupported value: \"report\": supported values: \"Enforce\", \"Report\"",
                "{port: 1, ports: 2} | spec.ports: unknown field \"spec.ports\", did you mean \"port\"?",
                "{port: 1, size: 1.5} | spec.size: Invalid value: \"number\": spec.size in body must be of type integer or string: \"number\"",
                "{port: 1, a: abcd} | spec.a: Too long: may not be more than 3 bytes",
                "{port: 1, a: A} | spec.a: Invalid value: \"A\": spec.a in body should match '^[a-z]*$'",
                "{port: 1, a: x, b: \"1\"} | spec: a and b exclude each other; give one",
                "{port: 1, b: x} | spec.b: only digits",
                "{port: 1, names: [a, b, c]} | spec.names: Too many: 3: must have at most 2 items",
                "{port: 1, names: []} | spec.names: Invalid value: 0: spec.names in body should have at least 1 items",
                "{port: 1, names: [a, a]} | spec.names[1]: Duplicate value: \"a\"",
                "{port: 1, listeners: [{name: a, port: 1}, {name: a, port: 2}]} | spec.listeners[1]: Duplicate value: {\"name\":\"a\"}",
            })
    void saysWhatTheApiServerSays(String spec, String violation) throws Exception {
        assertThat(check(spec)).extracting(Violation::toString).containsExactly(violation);
    }

    @Test
    void putsInDefaultsAndAcceptsWhatIsRight() throws Exception {
        Document document = thing("{port: 1, size: 8Mi}");
        assertThat(crds().check(document)).hasValue(List.of());
        assertThat(document.content().at("/spec/mode").asText()).isEqualTo("Enforce");
    }

    @Test
    void leavesOtherKindsAlone() throws Exception {
        assertThat(crds().check(YamlReader.read(Path.of("f"), "{apiVersion: v1, kind: Service}")
                        .getFirst()))
                .isEmpty();
    }

    private static List<Violation> check(String spec) throws UnreadableException {
        return crds().check(thing(spec)).orElseThrow();
    }

    private static Document thing(String spec) throws UnreadableException {
        String indented = spec.startsWith("{") ? spec : "{" + spec + "}";
        return YamlReader.read(
                        Path.of("f"),
                        "{apiVersion: example.dev/v1, kind: Thing, metadata: {name: n}, spec: " + indented + "}")
                .getFirst();
    }

    private static Crds crds() throws UnreadableException {
        return new Crds(YamlReader.read(Path.of("crd"), CRD));
    }
}
