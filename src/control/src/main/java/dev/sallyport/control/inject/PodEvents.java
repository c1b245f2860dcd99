package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.control.render.Labels;
import dev.sallyport.control.status.Event;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is to be told of pods that ask for a relay. */
public final class PodEvents {
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");

    private PodEvents() {}

    /** @param proxy that the pod uses; null when there is none of that name */
    public static Optional<Event> waiting(Pod pod, @Nullable ForwardProxy proxy) {
        if (Injected.egress(pod).isEmpty()
                || pod.getStatus() == null
                || !"Pending".equals(requireNonNullElse(pod.getStatus().getPhase(), "Pending"))) {
            return Optional.empty();
        }
        String name = "ForwardProxy " + pod.getMetadata().getNamespace() + "/"
                + Injected.egress(pod).orElse("");
        if (proxy == null) {
            return Optional.of(waits("The pod starts when there is " + name + ", which does not exist."));
        }
        return unaccepted(proxy.getStatus())
                .map(condition -> waits("The pod starts when " + name + " can be used: " + condition.getMessage()));
    }

    /** Of a pod whose own label asks, and that carries no sign of having been injected. */
    public static Optional<Event> naked(Pod pod) {
        Map<String, String> annotations = requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
        Map<String, String> labels = requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        boolean concerns = pod.getMetadata().getDeletionTimestamp() == null
                && (pod.getStatus() == null || !OVER.contains(pod.getStatus().getPhase()))
                && !Labels.OPERATOR.equals(labels.get(Labels.MANAGED_BY));
        return concerns
                ? Optional.of(new Event(
                        true,
                        "NakedPod",
                        "The pod asks for a relay and has none: "
                                + (annotations.containsKey(Choices.STATUS)
                                        ? "see its annotation " + Choices.STATUS + "."
                                        : "it was made before its label or the webhook; make it anew.")))
                : Optional.empty();
    }

    private static Event waits(String message) {
        return new Event(true, "WaitingForProxy", message);
    }

    private static Optional<Condition> unaccepted(@Nullable ForwardProxyStatus status) {
        List<Condition> conditions = status == null ? null : status.conditions();
        return requireNonNullElse(conditions, List.<Condition>of()).stream()
                .filter(condition -> condition.getType().equals("Accepted")
                        && condition.getStatus().equals("False"))
                .findFirst();
    }
}
