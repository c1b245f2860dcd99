package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.redirect.Ruleset;
import dev.sallyport.control.render.ClientSettings;
import dev.sallyport.control.render.Names;
import dev.sallyport.control.render.RelayContainer;
import dev.sallyport.control.render.RelayContainer.SidecarPart;
import dev.sallyport.model.config.Inbound;
import dev.sallyport.model.config.RelayPorts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pod lacks. A pod that has it all gets an empty patch, so that being called again changes nothing. */
final class PodPatch {
    private final Pod pod;
    private final Choices choices;
    private final Settings settings;
    private final List<PatchOperation> patch = new ArrayList<>();

    private PodPatch(Pod pod, Choices choices, Settings settings) {
        this.pod = pod;
        this.choices = choices;
        this.settings = settings;
    }

    static List<PatchOperation> skipped(Pod pod, String reason) {
        return members(
                "/metadata/annotations",
                pod.getMetadata().getAnnotations(),
                Map.of(Choices.STATUS, json(Map.of("skipped", reason))));
    }

    static List<PatchOperation> injected(Pod pod, Choices choices, Settings settings) {
        var patch = new PodPatch(pod, choices, settings);
        patch.metadata();
        // Before an element of initContainers moves.
        patch.variables();
        patch.probes();
        if (choices.mode() == Choices.Mode.SIDECAR) {
            patch.relay();
        }
        return patch.patch;
    }

    private void metadata() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("relay", choices.mode().word());
        if (choices.egress() != null) {
            status.put("egress", choices.egress());
        }
        if (choices.ingress() != null) {
            status.put("ingress", choices.ingress().proxy());
            status.put(
                    "inbound", choices.inbound().stream().map(Inbound::toString).toList());
        }
        if (!choices.probes().asked().isEmpty()) {
            status.put(
                    Probes.STATUS,
                    choices.probes().asked().stream()
                            .map(probe -> tree(probe.toString()))
                            .toList());
        }
        status.put("capture", choices.capture().word());
        status.put("containers", choices.containers().stream().sorted().toList());
        status.put("version", settings.version());
        patch.addAll(members(
                "/metadata/annotations", pod.getMetadata().getAnnotations(), Map.of(Choices.STATUS, json(status))));
        patch.addAll(members("/metadata/labels", pod.getMetadata().getLabels(), Injected.labels(choices)));
    }

    private void probes() {
        choices.probes().rewritten().forEach(probe -> patch.add(new PatchOperation(probe.pointer(), probe.probe())));
    }

    private void variables() {
        if (choices.egress() == null) {
            return;
        }
        Map<String, EnvVar> all = switch (choices.mode()) {
            case SIDECAR -> own();
            case CENTRAL -> central(choices.egress());
        };
        variables("/spec/initContainers", pod.getSpec().getInitContainers(), all);
        variables("/spec/containers", pod.getSpec().getContainers(), all);
    }

    private void variables(String path, List<Container> containers, Map<String, EnvVar> all) {
        for (int i = 0; i < containers.size(); i++) {
            Container container = containers.get(i);
            if (container.getName() != null && choices.containers().contains(container.getName())) {
                List<EnvVar> lacking = lacking(container, all);
                append(path + "/" + i + "/env", container.getEnv(), lacking);
            }
        }
    }

    /**
     * What the owner set stays, in both cases: of HTTPS_PROXY and https_proxy most clients take one. A variable here hides one of its name
     * that comes by {@code envFrom}, where a JVM's own flags may well be.
     */
    private static List<EnvVar> lacking(Container container, Map<String, EnvVar> all) {
        Set<String> there = container.getEnv().stream()
                .map(variable -> String.valueOf(variable.getName()).toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return all.values().stream()
                .filter(variable -> !there.contains(variable.getName().toUpperCase(Locale.ROOT)))
                .filter(variable -> !variable.getName().equals(ClientSettings.JVM)
                        || container.getEnvFrom().isEmpty())
                .toList();
    }

    private Map<String, EnvVar> own() {
        Map<String, String> values = ClientSettings.of("127.0.0.1", RelayPorts.SIDECAR_FORWARD, false, settings);
        return variables(name ->
                new EnvVarBuilder().withName(name).withValue(values.get(name)).build());
    }

    /** The port, and whether it takes TLS, are the ForwardProxy's; a JVM speaks no TLS to proxies and then has no flags. */
    private static Map<String, EnvVar> central(String egress) {
        return variables(name -> new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewConfigMapKeyRef(name, Names.client(egress), name.equals(ClientSettings.JVM) ? true : null)
                .endValueFrom()
                .build());
    }

    private static Map<String, EnvVar> variables(Function<String, EnvVar> variable) {
        return Stream.concat(ClientSettings.PROXIES.stream(), Stream.of(ClientSettings.JVM))
                .collect(Collectors.toMap(name -> name, variable, (a, b) -> a, LinkedHashMap::new));
    }

    private void relay() {
        List<Container> first = new ArrayList<>();
        if (choices.redirect() != null) {
            first.add(RelayContainer.redirect(Ruleset.of(choices.redirect()), settings));
        }
        first.add(RelayContainer.sidecar(
                choices.compute(),
                List.copyOf(choices.parts().keySet()),
                choices.inbound(),
                choices.probes().asked(),
                choices.redirect() != null,
                labels(),
                choices.grace(),
                settings));
        prepend(first);
        List<String> there =
                pod.getSpec().getVolumes().stream().map(Volume::getName).toList();
        append(
                "/spec/volumes",
                pod.getSpec().getVolumes(),
                Stream.concat(
                                choices.parts().entrySet().stream()
                                        .map(part -> configVolume(part.getKey(), part.getValue())),
                                Stream.of(noToken()))
                        .filter(volume -> !there.contains(volume.getName()))
                        .toList());
    }

    /** Before all other init containers, in this order. */
    private void prepend(List<Container> containers) {
        List<Container> init = pod.getSpec().getInitContainers();
        List<String> there = init.stream().map(Container::getName).toList();
        List<Container> lacking = containers.stream()
                .filter(container -> !there.contains(container.getName()))
                .toList();
        if (init.isEmpty()) {
            patch.add(new PatchOperation("/spec/initContainers", lacking));
        } else {
            lacking.reversed().forEach(container -> patch.add(new PatchOperation("/spec/initContainers/0", container)));
        }
    }

    /** By them Services select, and the relay knows which rules are for its application. */
    private List<String> labels() {
        if (choices.ingress() == null) {
            return List.of();
        }
        Map<String, String> labels =
                new TreeMap<>(requireNonNullElse(pod.getMetadata().getLabels(), Map.of()));
        labels.putAll(Injected.labels(choices));
        return labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .toList();
    }

    private static Volume configVolume(SidecarPart part, String proxy) {
        return new VolumeBuilder()
                .withName(part.volume())
                .withNewConfigMap()
                .withName(Names.sidecar(proxy))
                .withDefaultMode(0444)
                .endConfigMap()
                .build();
    }

    private static Volume noToken() {
        return new VolumeBuilder()
                .withName(RelayContainer.SIDECAR_TOKEN_VOLUME)
                .withNewEmptyDir()
                .endEmptyDir()
                .build();
    }

    private void append(String path, List<?> present, List<?> more) {
        if (present.isEmpty() && !more.isEmpty()) {
            patch.add(new PatchOperation(path, List.copyOf(more)));
        } else {
            more.forEach(one -> patch.add(new PatchOperation(path + "/-", one)));
        }
    }

    private static List<PatchOperation> members(
            String path, @Nullable Map<String, String> present, Map<String, String> wanted) {
        Map<String, String> there = requireNonNullElse(present, Map.of());
        if (there.isEmpty()) {
            return List.of(new PatchOperation(path, new TreeMap<>(wanted)));
        }
        return new TreeMap<>(wanted)
                .entrySet().stream()
                        .filter(entry -> !Objects.equals(there.get(entry.getKey()), entry.getValue()))
                        .map(entry -> new PatchOperation(PatchOperation.member(path, entry.getKey()), entry.getValue()))
                        .toList();
    }

    private static JsonNode tree(String json) {
        try {
            return Serialization.jsonMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String json(Map<String, ?> content) {
        try {
            return Serialization.jsonMapper().writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
