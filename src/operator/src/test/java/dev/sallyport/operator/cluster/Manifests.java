package dev.sallyport.operator.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What {@code manifests/base} installs, in the order of its kustomization. */
public final class Manifests {
    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Manifests() {}

    /** The repository's root. */
    public static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("manifests/base"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    /** All documents as one YAML text, as they stand in their files. */
    public static String text() {
        StringBuilder text = new StringBuilder();
        for (Path file : files(root().resolve("manifests/base"))) {
            try {
                String document = Files.readString(file);
                text.append(document.startsWith("---") ? "" : "---\n").append(document);
                text.append(document.endsWith("\n") ? "" : "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }

    /** All objects. */
    public static List<HasMetadata> objects() {
        return parse(text());
    }

    /** The objects of a YAML text with one document or more. */
    public static List<HasMetadata> parse(String yaml) {
        Object loaded = Serialization.unmarshal(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        return loaded instanceof Collection<?> many
                ? many.stream().map(HasMetadata.class::cast).toList()
                : List.of((HasMetadata) loaded);
    }

    private static List<Path> files(Path directory) {
        try {
            JsonNode kustomization =
                    YAML.readTree(directory.resolve("kustomization.yaml").toFile());
            List<Path> files = new ArrayList<>();
            for (JsonNode resource : kustomization.path("resources")) {
                Path path = directory.resolve(resource.textValue()).normalize();
                files.addAll(Files.isDirectory(path) ? files(path) : List.of(path));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The objects of one kind. */
    public static <T extends HasMetadata> Stream<T> objects(Class<T> kind) {
        return objects().stream().filter(kind::isInstance).map(kind::cast);
    }
}
