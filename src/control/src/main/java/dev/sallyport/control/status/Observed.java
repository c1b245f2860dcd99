package dev.sallyport.control.status;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.control.render.RelayContainer;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a proxy in the cluster.
 *
 * @param deployment of the relays; null while there is none
 * @param service of the relays; null while there is none
 * @param relays their pods
 * @param beside those in the pods of applications; null for none
 * @param failures of applying the objects of the proxy; empty when all were applied
 */
public record Observed(
        @Nullable Deployment deployment,
        @Nullable Service service,
        List<Relay> relays,
        @Nullable Beside beside,
        List<Failure> failures) {
    public Observed {
        relays = List.copyOf(relays);
        failures = List.copyOf(failures);
    }

    /** Without relays in the pods of applications. */
    public Observed(
            @Nullable Deployment deployment, @Nullable Service service, List<Relay> relays, List<Failure> failures) {
        this(deployment, service, relays, null, failures);
    }

    /**
     * The relays in the pods of applications.
     *
     * @param hash of what they should serve; empty while that is nothing
     * @param labels of each pod, as {@code KEY=VALUE}
     */
    public record Beside(List<Relay> relays, String hash, List<Set<String>> labels) {
        public Beside {
            relays = List.copyOf(relays);
            labels = List.copyOf(labels);
        }

        /** @param acknowledgement what the relay in a pod last said that it serves; null before it was asked */
        public static Beside of(List<Pod> pods, Function<Pod, @Nullable Acknowledgement> acknowledgement, String hash) {
            return new Beside(
                    pods.stream()
                            .map(pod -> Relay.beside(pod, acknowledgement.apply(pod)))
                            .toList(),
                    hash,
                    pods.stream().map(Beside::labels).toList());
        }

        private static Set<String> labels(Pod pod) {
            return requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of()).entrySet().stream()
                    .map(label -> label.getKey() + "=" + label.getValue())
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** Whether a Service that selects {@code selector} selects any of the pods. */
        boolean has(List<String> selector) {
            return !selector.isEmpty() && labels.stream().anyMatch(of -> of.containsAll(selector));
        }
    }

    /** Nothing yet. */
    public static final Observed NOTHING = new Observed(null, null, List.of(), List.of());

    /**
     * A relay pod.
     *
     * @param ending whether it has been told to end
     * @param waiting why a container of it does not run, as {@code reason: message}; null when it does
     * @param stuck whether it will go on waiting until somebody acts
     * @param acknowledgement what it last said that it serves; null before it was asked
     */
    public record Relay(
            String pod,
            boolean ready,
            boolean ending,
            @Nullable String waiting,
            boolean stuck,
            @Nullable Acknowledgement acknowledgement) {
        private static final Set<String> STUCK = Set.of(
                "CrashLoopBackOff",
                "CreateContainerConfigError",
                "CreateContainerError",
                "ErrImageNeverPull",
                "ErrImagePull",
                "ImagePullBackOff",
                "InvalidImageName",
                "RunContainerError");

        public static Relay of(Pod pod, @Nullable Acknowledgement acknowledgement) {
            var status = pod.getStatus();
            boolean ready =
                    status != null && status.getConditions().stream().anyMatch(condition -> isTrue(condition, "Ready"));
            var waiting = status == null
                    ? null
                    : Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                            .map(ContainerStatus::getState)
                            .filter(state -> state != null && state.getWaiting() != null)
                            .map(state -> state.getWaiting())
                            .findFirst()
                            .orElse(null);
            return new Relay(
                    pod.getMetadata().getName(),
                    ready,
                    pod.getMetadata().getDeletionTimestamp() != null,
                    waiting == null ? unscheduled(pod) : text(waiting.getReason(), waiting.getMessage()),
                    waiting != null && waiting.getReason() != null && STUCK.contains(waiting.getReason()),
                    acknowledgement);
        }

        /** The one in the pod of an application. It is ready by itself, whatever the application is. */
        public static Relay beside(Pod pod, @Nullable Acknowledgement acknowledgement) {
            boolean ready = pod.getStatus() != null
                    && pod.getStatus().getInitContainerStatuses().stream()
                            .anyMatch(container -> RelayContainer.SIDECAR.equals(container.getName())
                                    && Boolean.TRUE.equals(container.getReady()));
            return new Relay(
                    pod.getMetadata().getName(),
                    ready,
                    pod.getMetadata().getDeletionTimestamp() != null,
                    null,
                    false,
                    acknowledgement);
        }

        private static @Nullable String unscheduled(Pod pod) {
            return pod.getStatus() == null
                    ? null
                    : pod.getStatus().getConditions().stream()
                            .filter(condition ->
                                    "PodScheduled".equals(condition.getType()) && "False".equals(condition.getStatus()))
                            .map(condition -> text(condition.getReason(), condition.getMessage()))
                            .findFirst()
                            .orElse(null);
        }

        private static boolean isTrue(PodCondition condition, String type) {
            return type.equals(condition.getType()) && "True".equals(condition.getStatus());
        }

        private static String text(@Nullable String reason, @Nullable String message) {
            return (reason == null ? "Waiting" : reason) + (message == null || message.isEmpty() ? "" : ": " + message);
        }

        /** Whether it takes traffic. */
        public boolean serves() {
            return ready && !ending;
        }

        boolean serves(String hash) {
            return serves() && acknowledgement instanceof Acknowledgement.Heard heard && hash.equals(heard.hash());
        }
    }

    /** What a relay said of its configuration. */
    public sealed interface Acknowledgement {
        /**
         * It answered.
         *
         * @param hash of the configuration that it serves; null while it serves none
         * @param error why it refused a newer one; null when it did not
         */
        record Heard(@Nullable String hash, @Nullable String error) implements Acknowledgement {}

        /** It has the newer one, and goes on with what it serves until the secrets are there that the newer one needs. */
        record Waiting() implements Acknowledgement {}

        /**
         * It gave no answer.
         *
         * @param reason why, for people
         */
        record Silent(String reason) implements Acknowledgement {}
    }

    /**
     * An object that could not be applied.
     *
     * @param object its kind and name
     * @param taken whether an object of somebody else has its name
     * @param message what the API server said
     */
    public record Failure(String object, boolean taken, String message) {}
}
