package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.render.Labels;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.control.validate.Finding.Severity;
import dev.sallyport.control.validate.Findings;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is to become of a pod at its admission. */
public sealed interface InjectionDecision {
    /** On pods that the kubelet made from a file of its node. */
    String MIRROR = "kubernetes.io/config.mirror";

    /**
     * @param patch empty when the pod has everything already
     * @param warnings sentences for whoever makes the pod
     */
    record Inject(List<PatchOperation> patch, List<String> warnings) implements InjectionDecision {
        public Inject {
            patch = List.copyOf(patch);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The pod is let in without.
     *
     * @param reason a clause, for the pod's owner
     * @param patch says so on the pod, where that is possible
     */
    record Skip(String reason, List<PatchOperation> patch) implements InjectionDecision {
        public Skip {
            patch = List.copyOf(patch);
        }
    }

    /** @param message the field, what is wrong, and what would be right */
    record Refuse(String message) implements InjectionDecision {}

    /**
     * Decides.
     *
     * @param pod as it is about to be made
     * @param namespaceLabel the namespace's {@link OptIn#LABEL}; null for none
     */
    static InjectionDecision of(Pod pod, @Nullable String namespaceLabel, Settings settings) {
        Map<String, String> labels = requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        String label = labels.get(OptIn.LABEL);
        if (label != null && !label.equals(OptIn.YES) && !label.equals(OptIn.NO)) {
            return new Refuse("metadata.labels[" + OptIn.LABEL + "]: '" + label
                    + "' says neither yes nor no; write \"true\" or \"false\"");
        }
        Optional<String> reason = reasonToSkip(pod, labels, OptIn.holds(namespaceLabel, label));
        if (reason.isPresent()) {
            return new Skip(
                    reason.get(),
                    annotations(pod).containsKey(MIRROR) ? List.of() : PodPatch.skipped(pod, reason.get()));
        }
        var findings = new Findings();
        Choices choices = Choices.checked(pod, settings, findings);
        return findings.hasErrors()
                ? new Refuse(String.join(". ", told(findings, Finding::isError)))
                : new Inject(
                        PodPatch.injected(pod, choices, settings),
                        told(findings, finding -> finding.severity() == Severity.WARNING));
    }

    private static List<String> told(Findings findings, Predicate<Finding> which) {
        return findings.list().stream().filter(which).map(Finding::toString).toList();
    }

    private static Optional<String> reasonToSkip(Pod pod, Map<String, String> labels, boolean optedIn) {
        if (!optedIn) {
            return Optional.of("neither the pod nor its namespace asks for it");
        }
        if (Labels.OPERATOR.equals(labels.get(Labels.MANAGED_BY))) {
            return Optional.of("it is a relay itself");
        }
        if (annotations(pod).containsKey(MIRROR)) {
            return Optional.of("a static pod is run by its node, from a file there");
        }
        if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
            return Optional.of("it is on its node's network, whose loopback it shares with others");
        }
        boolean windows = pod.getSpec().getOs() != null
                        && "windows".equals(pod.getSpec().getOs().getName())
                || "windows"
                        .equals(requireNonNullElse(pod.getSpec().getNodeSelector(), Map.<String, String>of())
                                .get("kubernetes.io/os"));
        return windows ? Optional.of("the relay does not run on Windows") : Optional.empty();
    }

    private static Map<String, String> annotations(Pod pod) {
        return requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    }
}
