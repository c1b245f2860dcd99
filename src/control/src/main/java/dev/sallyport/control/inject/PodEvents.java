package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.common.DeploymentMode;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.ProxyName;
import dev.sallyport.control.render.Labels;
import dev.sallyport.control.status.Event;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be told of pods that ask for a relay. */
public final class PodEvents {
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");

    private PodEvents() {}

    /**
     * @param egress that the pod names; null when there is none of that name
     * @param ingress that the pod names; null when there is none of that name
     * @param namespace the pod's; null when it is not known
     */
    public static Optional<Event> waiting(
            Pod pod, @Nullable ForwardProxy egress, @Nullable ReverseProxy ingress, @Nullable Namespace namespace) {
        if (pod.getStatus() == null
                || !"Pending".equals(requireNonNullElse(pod.getStatus().getPhase(), "Pending"))) {
            return Optional.empty();
        }
        List<Condition> ofEgress = egress == null || egress.getStatus() == null
                ? null
                : egress.getStatus().conditions();
        List<Condition> ofIngress = ingress == null || ingress.getStatus() == null
                ? null
                : ingress.getStatus().conditions();
        return Stream.of(
                        Injected.egress(pod)
                                .flatMap(name -> unwilling(pod, name, egress, namespace)
                                        .or(() -> obstacle(ProxyKind.FORWARD, name, egress, ofEgress))
                                        .or(() -> withoutRelays(pod, name, egress))),
                        Injected.ingress(pod).flatMap(name -> obstacle(ProxyKind.REVERSE, name, ingress, ofIngress)))
                .flatMap(Optional::stream)
                .reduce((one, other) -> one + " " + other)
                .map(message -> new Event(true, "WaitingForProxy", message));
    }

    /** Who has yet to consent, and how. */
    private static Optional<String> unwilling(
            Pod pod, ProxyName name, @Nullable ForwardProxy proxy, @Nullable Namespace guest) {
        if (guest == null || name.namespace().equals(pod.getMetadata().getNamespace())) {
            return Optional.empty();
        }
        String namespace = guest.getMetadata().getName();
        if (!Consent.accepts(guest, name.key())) {
            return Optional.of("The pod starts when namespace " + namespace + " accepts ForwardProxy " + name.key()
                    + ": whoever administers the namespace annotates it with " + Consent.ACCEPTS + ": " + name.key()
                    + ".");
        }
        return proxy == null || Consent.admits(proxy, guest)
                ? Optional.empty()
                : Optional.of("The pod starts when ForwardProxy " + name.key() + " admits namespace " + namespace
                        + ": whoever owns it selects the namespace by spec.clients.from[].namespaceSelector.");
    }

    /** Of pods that are to use relays which are not there to be. */
    private static Optional<String> withoutRelays(Pod pod, ProxyName name, @Nullable ForwardProxy proxy) {
        boolean none = proxy != null
                && proxy.getSpec() != null
                && proxy.getSpec().infrastructure() != null
                && proxy.getSpec().infrastructure().deployment() == DeploymentMode.NONE;
        return none && Injected.CENTRAL.equals(pod.getMetadata().getLabels().get(Injected.RELAY))
                ? Optional.of("The pod starts when ForwardProxy " + name.key() + " has relays of its own: it is for"
                        + " sidecars alone (spec.infrastructure.deployment: None), and the pod says "
                        + Choices.PREFIX + "relay: central.")
                : Optional.empty();
    }

    private static Optional<String> obstacle(
            ProxyKind kind, ProxyName name, @Nullable HasMetadata proxy, @Nullable List<Condition> conditions) {
        String full = kind.kind() + " " + name.key();
        return proxy == null
                ? Optional.of("The pod starts when there is " + full + ", which does not exist.")
                : unaccepted(conditions)
                        .map(condition -> "The pod starts when " + full + " can be used: " + condition.getMessage());
    }

    /** {@link #naked(Pod, boolean)} of one pod alone. */
    public static Optional<Event> naked(Pod pod) {
        return naked(pod, false);
    }

    /**
     * Of a pod that carries no sign of having been injected, though it asks; by its namespace, unless by its own label.
     *
     * @param more whether there are more in its namespace, of which nobody is told now
     */
    public static Optional<Event> naked(Pod pod, boolean more) {
        Map<String, String> labels = requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        boolean concerns = pod.getMetadata().getDeletionTimestamp() == null
                && (pod.getStatus() == null || !OVER.contains(pod.getStatus().getPhase()))
                && !Labels.OPERATOR.equals(labels.get(Labels.MANAGED_BY));
        String who = OptIn.YES.equals(labels.get(OptIn.LABEL))
                ? "The pod asks for a relay and has none: "
                : "The pod's namespace asks for a relay, and the pod has none: ";
        String others = more ? " So it is with other pods of the namespace." : "";
        return concerns ? Optional.of(new Event(true, "NakedPod", who + reason(pod) + others)) : Optional.empty();
    }

    private static String reason(Pod pod) {
        Map<String, String> annotations = requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
        return annotations.containsKey(Choices.STATUS)
                ? "see its annotation " + Choices.STATUS + "."
                : "it was made before the label or the webhook; make it anew.";
    }

    private static Optional<Condition> unaccepted(@Nullable List<Condition> conditions) {
        return requireNonNullElse(conditions, List.<Condition>of()).stream()
                .filter(condition -> condition.getType().equals("Accepted")
                        && condition.getStatus().equals("False"))
                .findFirst();
    }
}
