package dev.sallyport.api.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The committed files are what the types give. With {@code -Drewrite=true} the test writes them instead. */
class GeneratedFilesTest {
    private static final Path ROOT = Path.of("../..");

    @TestFactory
    Stream<DynamicTest> committedFilesAreUpToDate() throws IOException {
        return files().entrySet().stream()
                .map(file -> DynamicTest.dynamicTest(file.getKey(), () -> check(file.getKey(), file.getValue())));
    }

    private static Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        files.put("deploy/crds/forwardproxies.sallyport.dev.yaml", Crds.yaml(Crds.forwardProxy()));
        files.put("deploy/crds/reverseproxies.sallyport.dev.yaml", Crds.yaml(Crds.reverseProxy()));
        files.put("docs/reference/forwardproxy.md", Reference.markdown(Crds.forwardProxy(), example("forward")));
        files.put("docs/reference/reverseproxy.md", Reference.markdown(Crds.reverseProxy(), example("reverse")));
        return files;
    }

    private static String example(String kind) throws IOException {
        return Files.readString(Path.of("src/test/corpus/valid-" + kind + "-short.yaml"));
    }

    private static void check(String name, String content) throws IOException {
        Path file = ROOT.resolve(name);
        if (Boolean.getBoolean("rewrite")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return;
        }
        assertThat(file).as("run `make generate` and commit what it writes").exists();
        assertThat(Files.readString(file))
                .as("%s is not what the types give: run `make generate` and commit what it writes", name)
                .isEqualTo(content);
    }
}
