package dev.sallyport.cli.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.cli.read.Typed.MisfitException;
import dev.sallyport.cli.schema.Crds;
import dev.sallyport.cli.schema.Violation;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The objects of some files and folders, read strictly: a field that nobody knows is a problem, not a shrug. */
public final class Manifests {
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "sallyport.dev/v1alpha1 ForwardProxy", ForwardProxy.class,
            "sallyport.dev/v1alpha1 ReverseProxy", ReverseProxy.class,
            "v1 Service", Service.class,
            "discovery.k8s.io/v1 EndpointSlice", EndpointSlice.class,
            "v1 ConfigMap", ConfigMap.class,
            "v1 Secret", Secret.class);

    private final Crds crds;
    private final List<Item> items = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<Document> passedOver = new ArrayList<>();

    private Manifests(Crds crds) {
        this.crds = crds;
    }

    /** An object, and the document that it was read from. */
    public record Item(HasMetadata object, Document document) {}

    /**
     * Reads files, and the {@code .yaml}, {@code .yml} and {@code .json} files of folders in the order of their names.
     *
     * @param recursive whether folders are read with the folders inside them
     */
    public static Manifests read(List<Path> paths, boolean recursive, Crds crds) {
        Manifests manifests = new Manifests(crds);
        for (Path path : paths) {
            try {
                for (Path file : files(path, recursive)) {
                    manifests.readFile(file);
                }
            } catch (IOException e) {
                manifests.problems.add(Problem.unreadable(path, e));
            }
        }
        manifests.refuseTwins();
        return manifests;
    }

    /** The files that {@link #read} reads. */
    public static List<Path> files(Path path, boolean recursive) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.walk(path, recursive ? Integer.MAX_VALUE : 1)) {
            return files.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
    }

    /** The objects without errors. */
    public List<Item> items() {
        return List.copyOf(items);
    }

    /** What was wrong with the others. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Objects of kinds that mean nothing to a proxy. */
    public List<Document> passedOver() {
        return List.copyOf(passedOver);
    }

    private void readFile(Path file) {
        try {
            YamlReader.read(file).forEach(this::take);
        } catch (UnreadableException e) {
            problems.add(new Problem(e.position(), "", e.problem(), true));
        }
    }

    private void take(Document document) {
        if (document.kind().equals("List") && document.content().path("items").isArray()) {
            takeList(document);
            return;
        }
        if (document.kind().isEmpty() || document.apiVersion().isEmpty()) {
            problem(document, "", "not an object: it must have apiVersion and kind");
            return;
        }
        Class<? extends HasMetadata> type = KINDS.get(document.apiVersion() + " " + document.kind());
        if (type == null) {
            if (document.apiVersion().startsWith("sallyport.dev/")) {
                problem(
                        document,
                        "kind",
                        "apiVersion, kind: there is no " + document.kind() + " in " + document.apiVersion()
                                + "; known are " + String.join(" and ", crds.kinds()));
            } else {
                passedOver.add(document);
            }
            return;
        }
        if (document.name().isEmpty()) {
            problem(document, "metadata", "metadata.name: Required value");
            return;
        }
        List<Violation> violations = crds.check(document).orElse(List.of());
        violations.forEach(violation -> problem(document, violation.path(), violation.toString()));
        if (violations.isEmpty()) {
            type(document, type).ifPresent(object -> items.add(new Item(object, document)));
        }
    }

    private void takeList(Document list) {
        int index = 0;
        for (JsonNode element : list.content().path("items")) {
            String prefix = "items[" + index++ + "]";
            if (element instanceof ObjectNode object) {
                Map<String, Position> positions = new HashMap<>();
                list.positions().forEach((path, position) -> {
                    if (path.startsWith(prefix + ".")) {
                        positions.put(path.substring(prefix.length() + 1), position);
                    }
                });
                take(new Document(list.at(prefix), object, positions));
            } else {
                problem(list, prefix, prefix + ": not an object");
            }
        }
    }

    private Optional<HasMetadata> type(Document document, Class<? extends HasMetadata> type) {
        try {
            HasMetadata object = Typed.read(document.content(), "", type);
            object.getMetadata().setNamespace(document.namespace());
            return Optional.of(object);
        } catch (MisfitException e) {
            problem(document, e.path(), String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private void refuseTwins() {
        Map<String, Document> first = new HashMap<>();
        items.removeIf(item -> {
            Document document = item.document();
            Document twin = first.putIfAbsent(document.title(), document);
            if (twin != null) {
                problem(
                        document,
                        "metadata.name",
                        "metadata.name: the object is there twice, first at " + twin.start());
            }
            return twin != null;
        });
    }

    private void problem(Document document, String path, String message) {
        problems.add(new Problem(document.at(path), document.kind().isEmpty() ? "" : document.title(), message, true));
    }
}
