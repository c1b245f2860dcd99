package dev.sallyport.cli.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.read.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects that a real API server is tried with in the module api: what it says of them, this says too. */
class CorpusTest {
    private static final Path CORPUS = Path.of("../api/src/test/corpus");
    private static final Crds CRDS = Crds.bundled();

    static Stream<Path> valid() throws IOException {
        return Files.list(CORPUS).filter(file -> file.getFileName().toString().startsWith("valid-"));
    }

    static Stream<Path> invalid() throws IOException {
        return Files.list(CORPUS).filter(file -> file.getFileName().toString().startsWith("invalid-"));
    }

    @ParameterizedTest
    @MethodSource
    void valid(Path file) throws Exception {
        assertThat(check(file)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void invalid(Path file) throws Exception {
        String path = header(file, 0, "# path: ");
        String message = header(file, 1, "# message: ");
        assertThat(check(file)).anySatisfy(violation -> {
            assertThat(violation.path()).isEqualTo(path);
            assertThat(violation.message()).contains(message);
        });
    }

    private static List<Violation> check(Path file) throws Exception {
        return CRDS.check(YamlReader.read(file).getFirst()).orElseThrow();
    }

    private static String header(Path file, int line, String prefix) throws IOException {
        String text = Files.readAllLines(file).get(line);
        assertThat(text).startsWith(prefix);
        return text.substring(prefix.length());
    }
}
