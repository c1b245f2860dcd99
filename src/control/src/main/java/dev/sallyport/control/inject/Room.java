package dev.sallyport.control.inject;

import dev.sallyport.control.redirect.Ruleset;
import dev.sallyport.control.render.Names;
import dev.sallyport.control.render.RelayContainer;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.config.RelayPorts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a pod has room for the relay: its names, its ports and its user are for nobody else. */
final class Room {
    static final Set<Integer> PORTS = Set.of(RelayPorts.SIDECAR_ADMIN, RelayPorts.SIDECAR_FORWARD);

    /** Where traffic is redirected. */
    static final Set<Integer> REDIRECTED_PORTS = Stream.of(
                    PORTS.stream(),
                    Stream.of(RelayPorts.SIDECAR_TRANSPARENT),
                    IntStream.range(0, RelayPorts.SIDECAR_INBOUND_MOST).mapToObj(i -> RelayPorts.SIDECAR_INBOUND + i))
            .flatMap(ports -> ports)
            .collect(Collectors.toUnmodifiableSet());

    private final Pod pod;
    private final Choices choices;
    private final Findings findings;

    private Room(Pod pod, Choices choices, Findings findings) {
        this.pod = pod;
        this.choices = choices;
        this.findings = findings;
    }

    static void check(Pod pod, Choices choices, Findings findings) {
        var room = new Room(pod, choices, findings);
        room.containers("spec.initContainers", pod.getSpec().getInitContainers(), true);
        room.containers("spec.containers", pod.getSpec().getContainers(), false);
        var context = pod.getSpec().getSecurityContext();
        if (context != null && isRelay(context.getRunAsUser())) {
            room.user("spec.securityContext.runAsUser");
        }
        room.volumes();
    }

    private void containers(String path, List<Container> containers, boolean init) {
        for (int i = 0; i < containers.size(); i++) {
            Container container = containers.get(i);
            String at = path + "[" + i + "]";
            if (RelayContainer.SIDECAR.equals(container.getName())) {
                relay(at, container, init);
                continue;
            }
            if (RelayContainer.REDIRECT.equals(container.getName())) {
                redirect(at, container, init);
                continue;
            }
            if (choices.redirect() != null && Choices.PROXIES.contains(container.getName())) {
                findings.error(
                        at + ".name",
                        "'" + container.getName() + "' is of a mesh, which has the pod's traffic for itself",
                        "keep the pod out of one of the two, or give " + Choices.PREFIX + "capture: env");
            }
            SecurityContext context = container.getSecurityContext();
            if (context != null && isRelay(context.getRunAsUser())) {
                user(at + ".securityContext.runAsUser");
            }
            for (int p = 0; p < container.getPorts().size(); p++) {
                Integer port = container.getPorts().get(p).getContainerPort();
                if (port != null && (choices.redirect() == null ? PORTS : REDIRECTED_PORTS).contains(port)) {
                    findings.error(
                            at + ".ports[" + p + "].containerPort",
                            port + " is the relay's in an injected pod",
                            "have the application listen on another");
                }
            }
        }
    }

    /** It came with the pod: by an earlier call of the webhook, or in a copy of an injected pod. */
    private void relay(String at, Container container, boolean init) {
        boolean mounted = choices.parts().keySet().stream()
                .allMatch(part -> container.getVolumeMounts().stream()
                        .anyMatch(mount -> part.volume().equals(mount.getName())
                                && part.path().equals(mount.getMountPath())));
        if (!init || !"Always".equals(container.getRestartPolicy()) || !mounted || !obeys(container)) {
            findings.error(
                    at + ".name",
                    "'" + RelayContainer.SIDECAR
                            + "' is the name of the container that is injected, and this one is not it",
                    "give it another name, or take it away");
        }
    }

    /** As the relay, and it does what the annotations ask for. */
    private void redirect(String at, Container container, boolean init) {
        boolean asked = choices.redirect() != null
                && init
                && container.getArgs().equals(List.of(Ruleset.of(choices.redirect())));
        if (!asked) {
            findings.error(
                    at + ".name",
                    "'" + RelayContainer.REDIRECT
                            + "' is the name of the container that redirects, and this one is not that which the annotations"
                            + " ask for",
                    "take it away");
        }
    }

    /** Whether the ways in, what is asked of the application, and the time to end, are those that the pod asks for. */
    private boolean obeys(Container container) {
        return container.getArgs().contains(RelayContainer.REDIRECTED) == (choices.redirect() != null)
                && Stream.of(
                                RelayContainer.inboundArguments(
                                        choices.inbound(), choices.probes().asked()),
                                RelayContainer.graceArguments(choices.grace()))
                        .allMatch(wanted ->
                                wanted.isEmpty() || Collections.indexOfSubList(container.getArgs(), wanted) >= 0);
    }

    /** A pod's owner cannot point the relay at another policy than the annotations name. */
    private void volumes() {
        List<Volume> volumes = pod.getSpec().getVolumes();
        for (int i = 0; i < volumes.size(); i++) {
            Volume volume = volumes.get(i);
            String at = "spec.volumes[" + i + "]";
            choices.parts().forEach((part, proxy) -> {
                String configMap = Names.sidecar(proxy);
                if (part.volume().equals(volume.getName())
                        && (volume.getConfigMap() == null
                                || !configMap.equals(volume.getConfigMap().getName()))) {
                    findings.error(
                            at,
                            "'" + volume.getName() + "' is for what the relay serves, and this is not the ConfigMap "
                                    + configMap,
                            "take it away; it is injected");
                }
            });
            if (RelayContainer.SIDECAR_TOKEN_VOLUME.equals(volume.getName()) && volume.getEmptyDir() == null) {
                findings.error(at, "'" + volume.getName() + "' is a name of the relay's", "give it another name");
            }
        }
    }

    private void user(String path) {
        findings.error(
                path,
                RelayContainer.UID + " is the user of the relay, which nobody else in the pod may be",
                "give another");
    }

    private static boolean isRelay(@Nullable Long user) {
        return user != null && user == RelayContainer.UID;
    }
}
