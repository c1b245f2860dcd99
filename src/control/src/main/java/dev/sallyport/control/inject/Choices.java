package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.ResourceAmounts;
import dev.sallyport.api.v1alpha1.common.Resources;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.redirect.Redirect;
import dev.sallyport.control.render.RelayContainer;
import dev.sallyport.control.render.RelayContainer.SidecarPart;
import dev.sallyport.control.validate.Compute;
import dev.sallyport.control.validate.Findings;
import dev.sallyport.model.config.Inbound;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's annotations say. An annotation of ours that nobody knows is an error: with a slip of the pen in it, it would pass for
 * one that is not there.
 *
 * @param egress the ForwardProxy, as {@code NAME}, or {@code NAMESPACE/NAME} where that is not the pod's namespace; null where what goes out is nobody's concern
 * @param ingress the ReverseProxy, and what comes in through the relay; null where nothing does. One of the two is there
 * @param redirect what the kernel leads to the relay; null where it leads nothing
 * @param probes that ask ports which are redirected
 * @param containers those that get the variables; empty: none
 * @param compute of the relay
 * @param grace how long the relay lets what runs end; null: as long as its configuration says
 */
record Choices(
        @Nullable String egress,
        @Nullable Ingress ingress,
        Mode mode,
        Capture capture,
        @Nullable Redirect redirect,
        Probes probes,
        Set<String> containers,
        Compute compute,
        @Nullable Duration grace) {
    static final String PREFIX = "sallyport.dev/";
    static final String STATUS = PREFIX + "status";

    static final String CAPTURE = "capture";
    static final String INBOUND_PORTS = "inbound-ports";
    static final String EXCLUDE_INBOUND_PORTS = "exclude-inbound-ports";
    static final String PROBES = "probes";

    private static final String EGRESS = "egress";
    private static final String INGRESS = "ingress";
    private static final String RELAY = "relay";
    private static final String CONTAINERS = "containers";
    private static final String DRAIN_SECONDS = "drain-seconds";

    /** What means something where traffic is redirected, and nowhere else. */
    private static final List<String> OF_REDIRECTION =
            List.of(Egress.EXCLUDE_PORTS, Egress.EXCLUDE_CIDRS, Egress.INCLUDE_CIDRS, EXCLUDE_INBOUND_PORTS, PROBES);

    private static final List<String> AMOUNTS =
            List.of("requests.cpu", "limits.cpu", "requests.memory", "limits.memory");

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}");
    private static final int MOST_SECONDS = 3600;

    /** What a pod has that does not say, in seconds. */
    private static final long KUBERNETES_GRACE = 30;

    /** Ours, and that by which the operator has the kubelet look at the relay's configuration. */
    private static final Set<String> NOT_THE_OWNERS = Set.of("status", "config");

    /** What a Service may be called, as a forward proxy's is called like it. */
    private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");

    private static final Pattern EGRESS_NAME =
            Pattern.compile("((?<namespace>[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)/)?(?<name>" + NAME + ")");

    /** Proxies themselves, which need their own way out. */
    static final Set<String> PROXIES = Set.of(
            "istio-init",
            "istio-proxy",
            "istio-validation",
            "linkerd-init",
            "linkerd-network-validator",
            "linkerd-proxy",
            "kuma-init",
            "kuma-sidecar",
            "consul-connect-inject-init",
            "consul-dataplane",
            "envoy-sidecar");

    /** Whose relay carries the traffic. */
    enum Mode {
        /** One in the pod. */
        SIDECAR,
        /** Those of the ForwardProxy. */
        CENTRAL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How traffic comes to the relay. */
    enum Capture {
        /** By the variables that clients look at. */
        ENV,
        /** By the kernel. */
        REDIRECT,
        /** The application knows. */
        NONE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of the kubelet's probes of ports that would be redirected. */
    enum ProbeHandling {
        /** The relay asks in the kubelet's place. */
        REWRITE,
        /** Their ports are not redirected. */
        SKIP_PORT;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Choices {
        containers = Set.copyOf(containers);
    }

    /** What the relay is to serve, and the proxy whose each is. */
    SortedMap<SidecarPart, String> parts() {
        SortedMap<SidecarPart, String> parts = new TreeMap<>();
        if (egress != null) {
            parts.put(SidecarPart.EGRESS, egress);
        }
        if (ingress != null) {
            parts.put(SidecarPart.INGRESS, ingress.proxy());
        }
        return parts;
    }

    List<Inbound> inbound() {
        return ingress == null ? List.of() : ingress.inbound();
    }

    /** With a look at whether the pod has room for them. */
    static Choices checked(Pod pod, Settings settings, Findings findings) {
        Choices choices = read(pod, settings, findings);
        if (!findings.hasErrors() && choices.mode() == Mode.SIDECAR) {
            Room.check(pod, choices, findings);
        }
        return choices;
    }

    private static Choices read(Pod pod, Settings settings, Findings findings) {
        Map<String, String> annotations = requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
        Set<String> known = Stream.of(
                        Stream.of(EGRESS, INGRESS, RELAY, CAPTURE, CONTAINERS, INBOUND_PORTS, DRAIN_SECONDS),
                        OF_REDIRECTION.stream(),
                        AMOUNTS.stream().map(Choices::key))
                .flatMap(keys -> keys)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        annotations.keySet().stream()
                .filter(key -> key.startsWith(PREFIX))
                .map(key -> key.substring(PREFIX.length()))
                .filter(key -> !known.contains(key) && !NOT_THE_OWNERS.contains(key))
                .sorted()
                .forEach(key -> findings.error(
                        path(key),
                        "there is no such annotation",
                        "take it away; there are " + String.join(", ", known)));
        String egress = egress(pod, annotations.get(PREFIX + EGRESS), findings);
        String ingress = ingress(annotations.get(PREFIX + INGRESS), findings);
        if (egress == null && ingress == null) {
            findings.error(
                    path(EGRESS),
                    "the pod or its namespace asks for a relay, and nothing says whose policy it is to serve",
                    "name a ForwardProxy of the pod's namespace for what goes out, or a ReverseProxy as " + PREFIX
                            + INGRESS + " for what comes in, or both");
        }
        if (egress != null && egress.equals(ingress)) {
            findings.error(
                    path(INGRESS),
                    "a ReverseProxy of the same name as the ForwardProxy would have the same objects",
                    "give one of the two another name");
        }
        Mode mode = word(annotations, RELAY, Mode.SIDECAR, Mode.values(), Mode::word, findings);
        Capture capture = word(annotations, CAPTURE, Capture.ENV, Capture.values(), Capture::word, findings);
        if (mode == Mode.CENTRAL) {
            central(annotations, capture, findings);
        }
        if (egress == null && ingress != null) {
            if (capture == Capture.ENV && annotations.containsKey(PREFIX + CAPTURE)) {
                findings.error(
                        path(CAPTURE),
                        "the variables lead what goes out to the relay, and no ForwardProxy is named for that",
                        "take it away, or give " + PREFIX + EGRESS);
            }
            capture = capture == Capture.ENV ? Capture.NONE : capture;
        }
        Ingress in = ingress(pod, ingress, capture, annotations, findings);
        return new Choices(
                egress,
                in,
                mode,
                capture,
                redirect(egress, in, capture, annotations, settings, findings),
                in == null || capture != Capture.REDIRECT ? Probes.NONE : Probes.of(pod, in.ports(), findings),
                containers(pod, annotations.get(PREFIX + CONTAINERS), capture, findings),
                Compute.sidecar(amount -> path(key(amount)), resources(annotations, findings), findings),
                grace(pod, annotations.get(PREFIX + DRAIN_SECONDS), findings));
    }

    private static void central(Map<String, String> annotations, Capture capture, Findings findings) {
        if (capture != Capture.ENV) {
            findings.error(path(CAPTURE), "with relay: central there is nothing but variables to inject", "give env");
        }
        if (annotations.containsKey(PREFIX + INGRESS)) {
            findings.error(
                    path(INGRESS),
                    "with relay: central there is no relay in the pod that what comes in could go through",
                    "take it away, or let the relay be a sidecar");
        }
        AMOUNTS.stream()
                .filter(amount -> annotations.containsKey(PREFIX + key(amount)))
                .forEach(amount -> findings.error(
                        path(key(amount)),
                        "with relay: central there is no relay in the pod",
                        "give it to the ForwardProxy, as spec.infrastructure.resources"));
        if (annotations.containsKey(PREFIX + DRAIN_SECONDS)) {
            findings.error(
                    path(DRAIN_SECONDS),
                    "with relay: central there is no relay in the pod",
                    "give it to the ForwardProxy, as spec.drain.grace");
        }
    }

    private static @Nullable Ingress ingress(
            Pod pod, @Nullable String proxy, Capture capture, Map<String, String> annotations, Findings findings) {
        String ports = annotations.get(PREFIX + INBOUND_PORTS);
        if (proxy != null && capture == Capture.REDIRECT) {
            String excluded = annotations.get(PREFIX + EXCLUDE_INBOUND_PORTS);
            Set<Integer> skipped = switch (word(
                    annotations,
                    PROBES,
                    ProbeHandling.REWRITE,
                    ProbeHandling.values(),
                    ProbeHandling::word,
                    findings)) {
                case REWRITE -> Set.of();
                case SKIP_PORT -> Probes.ports(pod);
            };
            return new Ingress(proxy, Ingress.byRedirection(pod, ports, excluded, skipped, findings));
        }
        if (proxy != null) {
            return new Ingress(proxy, Ingress.byPort(pod, path(INGRESS), path(INBOUND_PORTS), ports, findings));
        }
        Stream.of(INBOUND_PORTS, EXCLUDE_INBOUND_PORTS, PROBES)
                .filter(key -> annotations.containsKey(PREFIX + key))
                .forEach(key -> findings.error(
                        path(key),
                        "what comes in goes through the relay where a ReverseProxy is named, and none is",
                        "give " + PREFIX + INGRESS + ", or take it away"));
        return null;
    }

    private static @Nullable Redirect redirect(
            @Nullable String egress,
            @Nullable Ingress ingress,
            Capture capture,
            Map<String, String> annotations,
            Settings settings,
            Findings findings) {
        if (capture != Capture.REDIRECT) {
            OF_REDIRECTION.stream()
                    .filter(key -> annotations.containsKey(PREFIX + key))
                    .forEach(key -> findings.error(
                            path(key),
                            "nothing is redirected",
                            "take it away, or give " + PREFIX + "capture: redirect"));
            return null;
        }
        if (egress == null) {
            OF_REDIRECTION.stream()
                    .filter(key -> key.contains("outbound") && annotations.containsKey(PREFIX + key))
                    .forEach(key -> findings.error(
                            path(key),
                            "what goes out is redirected where a ForwardProxy is named, and none is",
                            "give " + PREFIX + EGRESS + ", or take it away"));
        }
        return new Redirect(
                egress == null ? null : Egress.read(annotations, settings, findings),
                ingress == null ? List.of() : ingress.inbound());
    }

    static String path(String key) {
        return "metadata.annotations[" + PREFIX + key + "]";
    }

    private static String key(String amount) {
        return "resources-" + amount.replace('.', '-');
    }

    private static @Nullable String egress(Pod pod, @Nullable String given, Findings findings) {
        if (given == null) {
            return null;
        }
        Matcher parts = EGRESS_NAME.matcher(given);
        if (!parts.matches()) {
            findings.error(
                    path(EGRESS),
                    "'" + given + "' is not the name of a ForwardProxy",
                    "give that of one in the pod's namespace, such as egress, or one of another, such as platform/egress");
            return given;
        }
        boolean own = Objects.equals(parts.group("namespace"), pod.getMetadata().getNamespace());
        String namespace = own ? null : parts.group("namespace");
        String label = requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of())
                .get(Injected.EGRESS_NAMESPACE);
        if (label != null && !label.equals(namespace)) {
            // Of a copy of an injected pod: what is injected takes nothing away.
            findings.error(
                    "metadata.labels[" + Injected.EGRESS_NAMESPACE + "]",
                    "'" + label + "' is not the namespace that " + path(EGRESS) + " names",
                    "take it away; it is injected");
        }
        return own ? parts.group("name") : given;
    }

    private static @Nullable String ingress(@Nullable String given, Findings findings) {
        if (given != null && !NAME.matcher(given).matches()) {
            findings.error(
                    path(INGRESS),
                    "'" + given + "' is not the name of a ReverseProxy",
                    "give that of one in the pod's namespace, such as ingress");
        }
        return given;
    }

    private static <E> E word(
            Map<String, String> annotations,
            String key,
            E byDefault,
            E[] all,
            Function<E, String> word,
            Findings findings) {
        String given = annotations.get(PREFIX + key);
        if (given == null) {
            return byDefault;
        }
        return Arrays.stream(all)
                .filter(one -> word.apply(one).equals(given))
                .findFirst()
                .orElseGet(() -> {
                    findings.error(
                            path(key),
                            "'" + given + "' is not among its values",
                            "give " + Arrays.stream(all).map(word).collect(Collectors.joining(" or ")));
                    return byDefault;
                });
    }

    private static Set<String> containers(Pod pod, @Nullable String given, Capture capture, Findings findings) {
        Set<String> there = Stream.concat(
                        pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .map(Container::getName)
                .filter(name -> name != null && !name.equals(RelayContainer.SIDECAR))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (given == null) {
            there.removeAll(PROXIES);
            return capture == Capture.ENV ? there : Set.of();
        }
        if (capture != Capture.ENV) {
            findings.error(
                    path(CONTAINERS),
                    "with capture: " + capture.word() + " no container gets variables",
                    "take it away");
        }
        Set<String> named =
                Arrays.stream(given.split(",", -1)).map(String::strip).collect(Collectors.toSet());
        named.stream()
                .filter(name -> !there.contains(name))
                .sorted()
                .forEach(name -> findings.error(
                        path(CONTAINERS),
                        "the pod has no container '" + name + "'",
                        "name some of " + String.join(", ", there) + ", with commas between them"));
        return named;
    }

    private static @Nullable Duration grace(Pod pod, @Nullable String given, Findings findings) {
        if (given == null) {
            return null;
        }
        if (!SECONDS.matcher(given).matches() || Integer.parseInt(given) > MOST_SECONDS) {
            findings.error(
                    path(DRAIN_SECONDS),
                    "'" + given + "' is not a number of whole seconds that a relay can be given to end",
                    "give one from 0 to " + MOST_SECONDS);
            return null;
        }
        long most = requireNonNullElse(pod.getSpec().getTerminationGracePeriodSeconds(), KUBERNETES_GRACE);
        if (Integer.parseInt(given) > most) {
            findings.warning(
                    path(DRAIN_SECONDS),
                    "the pod is killed after " + most + " s, before the relay has had its " + given,
                    "give less, or the pod a longer spec.terminationGracePeriodSeconds");
        }
        return Duration.ofSeconds(Integer.parseInt(given));
    }

    private static Resources resources(Map<String, String> annotations, Findings findings) {
        return new Resources(
                new ResourceAmounts(
                        quantity(annotations, "requests.cpu", findings),
                        quantity(annotations, "requests.memory", findings)),
                new ResourceAmounts(
                        quantity(annotations, "limits.cpu", findings),
                        quantity(annotations, "limits.memory", findings)));
    }

    private static @Nullable Quantity quantity(Map<String, String> annotations, String amount, Findings findings) {
        String given = annotations.get(PREFIX + key(amount));
        if (given == null) {
            return null;
        }
        try {
            return Quantity.parse(given);
        } catch (IllegalArgumentException e) {
            findings.error(path(key(amount)), "'" + given + "' is not an amount", "give one such as 200m or 256Mi");
            return null;
        }
    }
}
