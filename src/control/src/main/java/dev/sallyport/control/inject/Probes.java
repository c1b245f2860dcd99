package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.model.config.RelayPorts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kubelet's probes of ports that are redirected. It is a stranger to the policy that holds there, and asks the relay's admin port
 * instead, which asks the application.
 *
 * @param asked by the relay
 * @param rewritten as the pod is to have them
 */
record Probes(List<ApplicationProbe> asked, List<Rewritten> rewritten) {
    static final Probes NONE = new Probes(List.of(), List.of());

    /** The member of the pod's status that holds what was asked before. */
    static final String STATUS = "probes";

    Probes {
        asked = List.copyOf(asked);
        rewritten = List.copyOf(rewritten);
    }

    /** @param pointer a JSON pointer */
    record Rewritten(String pointer, Probe probe) {}

    private enum Kind {
        STARTUP,
        LIVENESS,
        READINESS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        @Nullable
        Probe of(Container container) {
            return switch (this) {
                case STARTUP -> container.getStartupProbe();
                case LIVENESS -> container.getLivenessProbe();
                case READINESS -> container.getReadinessProbe();
            };
        }
    }

    /**
     * Rewrites them.
     *
     * @param redirected the ports
     */
    static Probes of(Pod pod, Set<Integer> redirected, Findings findings) {
        Map<String, ApplicationProbe> before = before(pod);
        List<ApplicationProbe> asked = new ArrayList<>();
        List<Rewritten> rewritten = new ArrayList<>();
        for (Place place : places(pod)) {
            if (place.isRewritten()) {
                ApplicationProbe known = before.get(place.name());
                if (known == null) {
                    findings.error(
                            place.path(),
                            "it asks the relay, which is not told for what",
                            "write what it is to ask the application");
                } else {
                    asked.add(known);
                }
            } else if (place.port().filter(redirected::contains).isPresent()) {
                place.original(findings).ifPresent(original -> {
                    asked.add(original);
                    rewritten.add(new Rewritten(place.pointer(), place.rewritten()));
                });
            }
        }
        return new Probes(asked, rewritten);
    }

    /** The ports of the pod that the kubelet asks. */
    static Set<Integer> ports(Pod pod) {
        return places(pod).stream().flatMap(place -> place.port().stream()).collect(Collectors.toSet());
    }

    private static Map<String, ApplicationProbe> before(Pod pod) {
        String status = requireNonNullElse(pod.getMetadata().getAnnotations(), Map.<String, String>of())
                .getOrDefault(Choices.STATUS, "{}");
        try {
            List<ApplicationProbe> probes = new ArrayList<>();
            for (JsonNode probe : Serialization.jsonMapper().readTree(status).path(STATUS)) {
                probes.add(ApplicationProbe.parse(probe.toString()));
            }
            return probes.stream().collect(Collectors.toMap(ApplicationProbe::name, probe -> probe, (a, b) -> a));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Map.of();
        }
    }

    private static List<Place> places(Pod pod) {
        return Stream.concat(
                        places("containers", pod.getSpec().getContainers(), container -> true),
                        places(
                                "initContainers",
                                pod.getSpec().getInitContainers(),
                                container -> !container.getName().startsWith("sallyport")))
                .toList();
    }

    private static Stream<Place> places(String list, List<Container> containers, Predicate<Container> meant) {
        return IntStream.range(0, containers.size())
                .filter(i -> containers.get(i).getName() != null && meant.test(containers.get(i)))
                .boxed()
                .flatMap(i -> Stream.of(Kind.values())
                        .flatMap(kind -> Stream.ofNullable(kind.of(containers.get(i)))
                                .map(probe -> new Place(list, i, containers.get(i), kind, probe))));
    }

    /** A probe of a container. */
    private record Place(String list, int index, Container container, Kind kind, Probe probe) {
        String name() {
            return container.getName() + "/" + kind.word();
        }

        String path() {
            return "spec." + list + "[" + index + "]." + kind.word() + "Probe";
        }

        String pointer() {
            return "/spec/" + list + "/" + index + "/" + kind.word() + "Probe";
        }

        boolean isRewritten() {
            HTTPGetAction get = probe.getHttpGet();
            return get != null
                    && (ApplicationProbe.PATH + name()).equals(get.getPath())
                    && new IntOrString(RelayPorts.SIDECAR_ADMIN).equals(get.getPort());
        }

        /** Of the pod; empty where it asks none. */
        Optional<Integer> port() {
            if (probe.getGrpc() != null) {
                return Optional.ofNullable(probe.getGrpc().getPort());
            }
            if (probe.getHttpGet() != null) {
                return number(probe.getHttpGet().getHost(), probe.getHttpGet().getPort());
            }
            return probe.getTcpSocket() == null
                    ? Optional.empty()
                    : number(
                            probe.getTcpSocket().getHost(), probe.getTcpSocket().getPort());
        }

        private Optional<Integer> number(@Nullable String host, @Nullable IntOrString port) {
            if (port == null || host != null && !host.isEmpty()) {
                return Optional.empty();
            }
            return port.getIntVal() != null
                    ? Optional.of(port.getIntVal())
                    : container.getPorts().stream()
                            .filter(one -> Objects.equals(one.getName(), port.getStrVal()))
                            .map(ContainerPort::getContainerPort)
                            .filter(Objects::nonNull)
                            .findFirst();
        }

        Optional<ApplicationProbe> original(Findings findings) {
            int port = port().orElseThrow();
            if (probe.getGrpc() != null) {
                findings.error(
                        path() + ".grpc.port",
                        "the relay asks no gRPC in the kubelet's place, and " + port + " is redirected",
                        "leave the port out with " + Choices.PREFIX + Choices.EXCLUDE_INBOUND_PORTS + ", or give "
                                + Choices.PREFIX + Choices.PROBES + ": skip-port");
                return Optional.empty();
            }
            HTTPGetAction get = probe.getHttpGet();
            Duration timeout = Duration.ofSeconds(requireNonNullElse(probe.getTimeoutSeconds(), 1));
            try {
                return Optional.of(
                        get == null
                                ? new ApplicationProbe(name(), port, "", false, List.of(), timeout)
                                : new ApplicationProbe(
                                        name(),
                                        port,
                                        target(get),
                                        "HTTPS".equals(get.getScheme()),
                                        headers(get),
                                        timeout));
            } catch (IllegalArgumentException e) {
                findings.error(path() + ".httpGet", String.valueOf(e.getMessage()), "give what HTTP can ask");
                return Optional.empty();
            }
        }

        private static String target(HTTPGetAction get) {
            String path = requireNonNullElse(get.getPath(), "");
            return path.startsWith("/") ? path : "/" + path;
        }

        private static List<String> headers(HTTPGetAction get) {
            return get.getHttpHeaders().stream()
                    .map(header -> header.getName() + ": " + requireNonNullElse(header.getValue(), ""))
                    .toList();
        }

        /** With the same times. */
        Probe rewritten() {
            return new ProbeBuilder(probe)
                    .withTcpSocket(null)
                    .withNewHttpGet()
                    .withPath(ApplicationProbe.PATH + name())
                    .withPort(new IntOrString(RelayPorts.SIDECAR_ADMIN))
                    .withScheme("HTTP")
                    .endHttpGet()
                    .build();
        }
    }
}
