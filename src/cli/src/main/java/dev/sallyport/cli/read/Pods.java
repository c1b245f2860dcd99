package dev.sallyport.cli.read;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.cli.read.Typed.MisfitException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The pods that some files describe.
 *
 * @param found those that could be read
 * @param problems what was wrong with the others
 */
public record Pods(List<Item> found, List<Problem> problems) {
    /** Where workloads have the template of their pods. */
    private static final Map<String, String> TEMPLATES = Map.of(
            "Pod", "",
            "Deployment", "spec.template",
            "StatefulSet", "spec.template",
            "DaemonSet", "spec.template",
            "ReplicaSet", "spec.template",
            "Job", "spec.template",
            "CronJob", "spec.jobTemplate.spec.template");

    public Pods {
        found = List.copyOf(found);
        problems = List.copyOf(problems);
    }

    /**
     * A pod, by itself or as the template of a workload.
     *
     * @param document the pod or the workload
     * @param place the path of the pod in it; empty for the whole
     */
    public record Item(Pod pod, Document document, String place) {
        /**
         * What is to be known of a field of the pod.
         *
         * @param message which begins with that path
         */
        public Problem problem(String path, String message, boolean error) {
            return new Problem(
                    document.at(FieldPath.join(place, path)), document.title(), FieldPath.join(place, message), error);
        }
    }

    /** Reads files and folders, as {@link Manifests#read} does. */
    public static Pods read(List<Path> paths, boolean recursive) {
        List<Item> found = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path path : paths) {
            try {
                for (Path file : Manifests.files(path, recursive)) {
                    for (Document document : YamlReader.read(file)) {
                        read(document, found, problems);
                    }
                }
            } catch (IOException e) {
                problems.add(Problem.unreadable(path, e));
            } catch (UnreadableException e) {
                problems.add(new Problem(e.position(), "", e.problem(), true));
            }
        }
        return new Pods(found, problems);
    }

    private static void read(Document document, List<Item> found, List<Problem> problems) {
        String place = TEMPLATES.get(document.kind());
        if (place == null) {
            return;
        }
        JsonNode json = document.content();
        for (String name : place.isEmpty() ? new String[0] : place.split("\\.")) {
            json = json.path(name);
        }
        try {
            Pod pod = place.isEmpty()
                    ? Typed.read(json, place, Pod.class)
                    : pod(Typed.read(json, place, PodTemplateSpec.class));
            found.add(new Item(whole(pod), document, place));
        } catch (MisfitException e) {
            problems.add(new Problem(document.at(e.path()), document.title(), String.valueOf(e.getMessage()), true));
        }
    }

    private static Pod pod(PodTemplateSpec template) {
        return new PodBuilder()
                .withMetadata(template.getMetadata())
                .withSpec(template.getSpec())
                .build();
    }

    /** With the parts that every pod has, be they empty. */
    private static Pod whole(Pod pod) {
        return new PodBuilder(pod)
                .editOrNewMetadata()
                .endMetadata()
                .editOrNewSpec()
                .endSpec()
                .build();
    }
}
