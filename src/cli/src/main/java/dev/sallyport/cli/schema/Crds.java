package dev.sallyport.cli.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.cli.read.Document;
import dev.sallyport.cli.read.UnreadableException;
import dev.sallyport.cli.read.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The schemas of our kinds. */
public final class Crds {
    /** What the API server knows of every object; {@code metadata} is checked no deeper. */
    private static final List<String> COMMON = List.of("apiVersion", "kind", "metadata");

    private static final List<String> BUNDLED =
            List.of("forwardproxies.sallyport.dev.yaml", "reverseproxies.sallyport.dev.yaml");

    private final Map<String, Schema> byKind = new TreeMap<>();

    /**
     * @param crds CustomResourceDefinition documents
     */
    public Crds(List<Document> crds) {
        for (Document crd : crds) {
            JsonNode spec = crd.content().path("spec");
            for (JsonNode version : spec.path("versions")) {
                JsonNode schema = version.path("schema").path("openAPIV3Schema");
                byKind.put(
                        spec.path("group").asText() + "/" + version.path("name").asText() + " "
                                + spec.path("names").path("kind").asText(),
                        new Schema(withoutMetadata((ObjectNode) schema)));
            }
        }
    }

    /** The CRDs that this version comes with. */
    public static Crds bundled() {
        List<Document> documents = new ArrayList<>();
        for (String file : BUNDLED) {
            try (InputStream in =
                    Objects.requireNonNull(Crds.class.getResourceAsStream("/dev/sallyport/api/crds/" + file), file)) {
                documents.addAll(YamlReader.read(Path.of(file), new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IOException | UnreadableException e) {
                throw new IllegalStateException(file, e);
            }
        }
        return new Crds(documents);
    }

    /** The kinds with their versions, such as {@code sallyport.dev/v1alpha1 ForwardProxy}. */
    public Iterable<String> kinds() {
        return byKind.keySet();
    }

    /** What is wrong with an object, after its defaults were put in; or nothing, when the kind is not one of ours. */
    public Optional<List<Violation>> check(Document document) {
        Schema schema = byKind.get(document.apiVersion() + " " + document.kind());
        if (schema == null) {
            return Optional.empty();
        }
        schema.applyDefaults(document.content());
        List<Violation> violations = new ArrayList<>();
        schema.check(document.content(), "", violations);
        return Optional.of(violations);
    }

    private static ObjectNode withoutMetadata(ObjectNode schema) {
        ObjectNode copy = schema.deepCopy();
        ObjectNode properties = copy.withObjectProperty("properties");
        COMMON.forEach(properties::putObject);
        return copy;
    }
}
