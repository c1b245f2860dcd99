package dev.sallyport.cli.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlReaderTest {
    private static final Path FILE = Path.of("proxy.yaml");

    @Test
    void knowsWhereEveryFieldIs() throws Exception {
        Document document = only("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: shop}
                spec:
                  allow:
                  - api.example.com
                  rules:
                  - name: r
                    deny: {hosts: [a, b]}
                """);
        assertThat(document.title()).isEqualTo("ForwardProxy shop/egress");
        assertThat(document.at("spec.allow[0]")).hasToString("proxy.yaml:6:5");
        assertThat(document.at("spec.rules[0].deny.hosts[1]")).hasToString("proxy.yaml:9:23");
        assertThat(document.at("spec.rules[0].absent.deeper")).hasToString("proxy.yaml:8:5");
        assertThat(document.at("nothing")).hasToString("proxy.yaml:1:1");
    }

    @Test
    void readsSeveralDocumentsAndPassesOverEmptyOnes() throws Exception {
        List<Document> documents = YamlReader.read(FILE, "---\n# nothing\n---\nkind: A\n---\nkind: B\n...\n");
        assertThat(documents).extracting(Document::kind).containsExactly("A", "B");
        assertThat(documents.get(1).start()).hasToString("proxy.yaml:6:1");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "0x10, 16",
        "1.5, 1.5",
        "true, true",
        "'\"1\"', '\"1\"'",
        "~, null",
        "yes, '\"yes\"'",
        ".inf, '\".inf\"'"
    })
    void takesScalarsAsTheCoreSchemaDoes(String yaml, String json) throws Exception {
        assertThat(only("v: " + yaml).content().get("v")).hasToString(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: b: c' | proxy.yaml:1:5: not YAML",
                "'- a' | proxy.yaml:1:1: not an object",
                "'{a: 1, a: 2}' | proxy.yaml:1:8: the field 'a' is there twice",
                "'? [a]\n: b' | proxy.yaml:1:3: a field's name must be text",
                "'a: *b' | not YAML",
                "'a: &x {b: *x}' | contains itself",
                "'a: \t- \"' | not YAML"
            })
    void saysWhatIsWrongAndWhere(String yaml, String message) {
        assertThatThrownBy(() -> YamlReader.read(FILE, yaml))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAliasesThatMultiply() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String previous = "*a" + (i - 1);
            yaml.append("a%d: &a%d [%s]\n"
                    .formatted(
                            i,
                            i,
                            String.join(
                                    ", ",
                                    List.of(
                                            previous, previous, previous, previous, previous, previous, previous,
                                            previous))));
        }
        assertThatThrownBy(() -> YamlReader.read(FILE, yaml.toString())).hasMessageContaining("aliases");
    }

    @Test
    void refusesBottomlessNestingAndEndlessNumbers() {
        assertThatThrownBy(() -> YamlReader.read(FILE, "a: " + "[".repeat(5000) + "]".repeat(5000)))
                .isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> YamlReader.read(FILE, "a: " + "9".repeat(100_000)))
                .hasMessageContaining("more than 64 digits");
    }

    private static Document only(String yaml) throws UnreadableException {
        List<Document> documents = YamlReader.read(FILE, yaml);
        assertThat(documents).hasSize(1);
        return documents.getFirst();
    }
}
