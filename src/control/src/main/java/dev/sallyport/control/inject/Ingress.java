package dev.sallyport.control.inject;

import dev.sallyport.control.render.RelayContainer;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.config.Inbound;
import dev.sallyport.model.config.RelayPorts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
 * What comes in through the relay.
 *
 * @param proxy the ReverseProxy
 * @param inbound the ways in
 */
record Ingress(String proxy, List<Inbound> inbound) {
    /** The container port at which the relay takes what is for the application; its Service targets that. */
    static final String PORT = "sallyport-in";

    /** Below it, ports cannot be had without a capability on every runtime. */
    private static final int LEAST_PORT = 1024;

    Ingress {
        inbound = List.copyOf(inbound);
    }

    /** Of the application, with the relay before them. */
    Set<Integer> ports() {
        return inbound.stream().map(Inbound::applicationPort).collect(Collectors.toSet());
    }

    /**
     * The way in where nothing is redirected: from the port named {@link #PORT} to the only other one that the application has, or to that
     * which is named.
     *
     * @param path of what asks for it
     * @param namedPath of what names the application's port
     * @param named a number or a container port's name; null: nothing does
     */
    static List<Inbound> byPort(Pod pod, String path, String namedPath, @Nullable String named, Findings findings) {
        List<Declared> all = declared(pod);
        Optional<Declared> door = door(all, path, findings);
        List<Integer> given = named == null ? List.of() : ports(all, namedPath, named, findings);
        if (door.isEmpty() || findings.hasErrors()) {
            return List.of();
        }
        int port = door.get().number();
        List<Integer> application = named != null
                ? given
                : all.stream()
                        .filter(other -> other.isTcp() && !other.isDoor() && other.number() != port)
                        .map(Declared::number)
                        .distinct()
                        .toList();
        if (application.size() != 1) {
            findings.error(
                    named == null ? path : namedPath,
                    application.isEmpty()
                            ? "no container of the pod declares the TCP port at which the application listens"
                            : "the application has the ports " + text(application) + ", and " + PORT
                                    + " stands before one",
                    "name that one, as " + Choices.PREFIX + Choices.INBOUND_PORTS + ": \"8080\"");
            return List.of();
        }
        int behind = application.getFirst();
        if (behind == port || Room.PORTS.contains(behind)) {
            findings.error(
                    namedPath,
                    "at " + behind + " the relay itself listens",
                    "name the port where the application does");
            return List.of();
        }
        return List.of(new Inbound(port, behind));
    }

    /**
     * The ways in where the kernel redirects them: one in the place of each port of the application.
     *
     * @param named numbers, or names of container ports; null: all that are declared
     * @param excluded those of them that stay as they are; null: none
     * @param skipped more of them, though nobody names them
     */
    static List<Inbound> byRedirection(
            Pod pod, @Nullable String named, @Nullable String excluded, Set<Integer> skipped, Findings findings) {
        String path = Choices.path(Choices.INBOUND_PORTS);
        List<Declared> all = declared(pod);
        all.stream()
                .filter(Declared::isDoor)
                .forEach(door -> findings.error(
                        door.path() + ".name",
                        "the relay takes what comes in at the application's own ports, and none named " + PORT,
                        "take it away, and have the Service target the application"));
        List<Integer> meant = named != null
                ? ports(all, path, named, findings)
                : all.stream()
                        .filter(port -> port.isTcp() && !port.isDoor())
                        .map(Declared::number)
                        .distinct()
                        .toList();
        List<Integer> left = excluded == null
                ? List.of()
                : ports(all, Choices.path(Choices.EXCLUDE_INBOUND_PORTS), excluded, findings);
        left.stream()
                .filter(port -> !meant.contains(port))
                .forEach(port -> findings.error(
                        Choices.path(Choices.EXCLUDE_INBOUND_PORTS),
                        port + " is not among the ports that are redirected",
                        meant.isEmpty() ? "take it away" : "give some of " + text(meant)));
        List<Integer> taken = meant.stream()
                .filter(port -> !left.contains(port) && !skipped.contains(port))
                .toList();
        if (taken.isEmpty()) {
            findings.error(
                    path,
                    "no port of the application is redirected",
                    "give its ports, or declare them in its containers");
        }
        if (taken.size() > RelayPorts.SIDECAR_INBOUND_MOST) {
            findings.error(
                    path,
                    taken.size() + " ports are more than the " + RelayPorts.SIDECAR_INBOUND_MOST
                            + " that can be redirected",
                    "give those that clients ask");
        }
        taken.stream()
                .filter(Room.REDIRECTED_PORTS::contains)
                .forEach(port -> findings.error(
                        path, "at " + port + " the relay itself listens", "name the port where the application does"));
        return findings.hasErrors()
                ? List.of()
                : IntStream.range(0, taken.size())
                        .mapToObj(i -> new Inbound(RelayPorts.SIDECAR_INBOUND + i, taken.get(i)))
                        .toList();
    }

    private static Optional<Declared> door(List<Declared> all, String path, Findings findings) {
        List<Declared> doors = all.stream().filter(Declared::isDoor).toList();
        if (doors.isEmpty()) {
            findings.error(
                    path,
                    "no container of the pod declares a port named " + PORT
                            + ", at which the relay would take what is for the application",
                    "declare one in the application's container, such as {name: " + PORT
                            + ", containerPort: 15080}, and have the Service target it");
            return Optional.empty();
        }
        for (Declared other : doors.subList(1, doors.size())) {
            findings.error(other.path() + ".name", "another port of the pod is named " + PORT + " too", "name one so");
        }
        Declared door = doors.getFirst();
        if (!door.isTcp()) {
            findings.error(door.path() + ".protocol", "the relay takes TCP alone", "give TCP");
        }
        if (door.number() < LEAST_PORT || door.number() > 65_535) {
            findings.error(
                    door.path() + ".containerPort",
                    door.number() + " is none that the relay can listen on",
                    "give one from " + LEAST_PORT + " to 65535, such as 15080");
        }
        return Optional.of(door);
    }

    private static List<Integer> ports(List<Declared> all, String path, String given, Findings findings) {
        Map<String, Integer> byName = new LinkedHashMap<>();
        all.stream().filter(Declared::isTcp).forEach(port -> byName.putIfAbsent(port.name(), port.number()));
        List<Integer> ports = new ArrayList<>();
        for (String one : Arrays.stream(given.split(",", -1))
                .map(String::strip)
                .distinct()
                .toList()) {
            Integer number = one.matches("[0-9]{1,5}") ? Integer.valueOf(one) : byName.get(one);
            if (number == null || number < 1 || number > 65_535) {
                findings.error(
                        path,
                        "'" + one + "' is neither a port nor the name of a TCP port that a container declares",
                        "give the number at which the application listens, such as 8080");
            } else {
                ports.add(number);
            }
        }
        return ports.stream().distinct().toList();
    }

    /** A port that a container of the application has, or one that starts before it and stays. */
    private record Declared(String path, String name, int number, String protocol) {
        boolean isDoor() {
            return name.equals(PORT);
        }

        boolean isTcp() {
            return protocol.equals("TCP");
        }
    }

    private static List<Declared> declared(Pod pod) {
        return Stream.concat(
                        declared("spec.containers", pod.getSpec().getContainers(), container -> true),
                        declared(
                                "spec.initContainers",
                                pod.getSpec().getInitContainers(),
                                container -> "Always".equals(container.getRestartPolicy())))
                .toList();
    }

    private static Stream<Declared> declared(String path, List<Container> containers, Predicate<Container> stays) {
        return IntStream.range(0, containers.size())
                .filter(i -> stays.test(containers.get(i)) && isApplication(containers.get(i)))
                .boxed()
                .flatMap(i -> declared(path + "[" + i + "]", containers.get(i)));
    }

    private static Stream<Declared> declared(String path, Container container) {
        List<ContainerPort> ports = container.getPorts();
        return IntStream.range(0, ports.size())
                .filter(p -> ports.get(p).getContainerPort() != null)
                .mapToObj(p -> new Declared(
                        path + ".ports[" + p + "]",
                        Objects.requireNonNullElse(ports.get(p).getName(), ""),
                        ports.get(p).getContainerPort(),
                        Objects.requireNonNullElse(ports.get(p).getProtocol(), "TCP")));
    }

    private static boolean isApplication(Container container) {
        return !RelayContainer.SIDECAR.equals(container.getName()) && !Choices.PROXIES.contains(container.getName());
    }

    private static String text(List<Integer> ports) {
        return ports.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
