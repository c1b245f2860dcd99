package dev.sallyport.control.render;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.validate.CheckedListener;
import dev.sallyport.control.validate.Compute;
import dev.sallyport.model.config.ApplicationProbe;
import dev.sallyport.model.config.Inbound;
import dev.sallyport.model.config.RelayPorts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The container that runs a relay. Whatever pod it is in, it is made here. */
public final class RelayContainer {
    public static final String NAME = "relay";

    /** The user and group of the relay's process. */
    public static final long UID = 7717;

    /** The name of the admin port. */
    public static final String ADMIN_PORT = "admin";

    /** What the container is called in the pod of an application. */
    public static final String SIDECAR = "sallyport";

    /** What the container is called that has the kernel lead the pod's traffic to it. */
    public static final String REDIRECT = "sallyport-redirect";

    /** The volume of such a pod that stands in the place of the application's token. */
    public static final String SIDECAR_TOKEN_VOLUME = "sallyport-no-token";

    /** The argument of a relay that does not start unless traffic is redirected to it. */
    public static final String REDIRECTED = "--redirected";

    private static final String SIDECAR_ADMIN_PORT = "sallyport-admin";

    static final String CONFIG_VOLUME = "config";
    static final String TOKEN_VOLUME = "token";
    private static final String CONFIG_PATH = "/etc/sallyport/config";
    private static final String TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    /** What a relay beside an application serves: each of another object, in a ConfigMap of its own. */
    public enum SidecarPart {
        /** Of a ForwardProxy. */
        EGRESS,
        /** Of a ReverseProxy. */
        INGRESS;

        /** The volume that it is in. */
        public String volume() {
            return SIDECAR + "-" + name().toLowerCase(Locale.ROOT);
        }

        /** Where the relay finds it. */
        public String path() {
            return "/etc/sallyport/" + name().toLowerCase(Locale.ROOT);
        }
    }

    private RelayContainer() {}

    /** @param token whether it may ask the API server for endpoints */
    public static Container of(Compute compute, List<CheckedListener> listeners, boolean token, Settings settings) {
        var container = common(ADMIN_PORT, settings.adminPort(), compute, settings)
                .withArgs("--config", CONFIG_PATH, "--admin", address(settings, settings.adminPort()))
                .withName(NAME)
                .withPorts(ports(listeners))
                .addToPorts(admin(ADMIN_PORT, settings.adminPort()))
                .withStartupProbe(probe("/livez", ADMIN_PORT, 1, 60))
                .addToVolumeMounts(mount(CONFIG_VOLUME, CONFIG_PATH));
        if (token) {
            container.addToVolumeMounts(mount(TOKEN_VOLUME, TOKEN_PATH));
        }
        return container.build();
    }

    /**
     * The relay beside an application: an init container that goes on running, and that has started when its policy is loaded. It
     * brings the whole <em>restricted</em> security context, whatever the pod's is.
     *
     * @param inbound the ways into the pod; none without {@link SidecarPart#INGRESS}
     * @param probes that the kubelet leaves to the relay
     * @param redirected whether the kernel is to lead the pod's traffic to it, without which it does not start
     * @param labels of the pod, as {@code KEY=VALUE}, by which the relay knows what is meant for its application
     * @param grace how long it lets what runs end; null: as long as its configuration says
     */
    public static Container sidecar(
            Compute compute,
            List<SidecarPart> parts,
            List<Inbound> inbound,
            List<ApplicationProbe> probes,
            boolean redirected,
            List<String> labels,
            @Nullable Duration grace,
            Settings settings) {
        return common(SIDECAR_ADMIN_PORT, RelayPorts.SIDECAR_ADMIN, compute, settings)
                .withName(SIDECAR)
                .addAllToArgs(option("--config", parts.stream().map(SidecarPart::path)))
                .addToArgs("--admin", address(settings, RelayPorts.SIDECAR_ADMIN))
                .addAllToArgs(redirected ? List.of(REDIRECTED) : List.of())
                .addAllToArgs(inboundArguments(inbound, probes))
                .addAllToArgs(option("--label", labels.stream()))
                .addAllToArgs(graceArguments(grace))
                .withRestartPolicy("Always")
                .withPorts(admin(SIDECAR_ADMIN_PORT, RelayPorts.SIDECAR_ADMIN))
                .withStartupProbe(probe("/readyz", SIDECAR_ADMIN_PORT, 1, 60))
                .editSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(UID)
                .withRunAsGroup(UID)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addAllToVolumeMounts(parts.stream()
                        .map(part -> mount(part.volume(), part.path()))
                        .toList())
                // Else the API server would mount the application's token here.
                .addToVolumeMounts(mount(SIDECAR_TOKEN_VOLUME, TOKEN_PATH))
                .build();
    }

    /**
     * Puts a ruleset into the kernel of the pod and ends. It needs the capability for that, and the user who can have one; nothing else.
     *
     * @param ruleset as {@code nft} reads it, which is all of its arguments, so that the pod's specification shows it
     */
    public static Container redirect(String ruleset, Settings settings) {
        return new ContainerBuilder()
                .withName(REDIRECT)
                .withImage(settings.redirectImage())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withArgs(ruleset)
                .withResources(new ResourceRequirementsBuilder()
                        .addToRequests("cpu", Quantity.parse("10m"))
                        .addToRequests("memory", Quantity.parse("16Mi"))
                        .addToLimits("cpu", Quantity.parse("100m"))
                        .addToLimits("memory", Quantity.parse("32Mi"))
                        .build())
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withRunAsNonRoot(false)
                .withRunAsUser(0L)
                .withRunAsGroup(0L)
                .withNewCapabilities()
                .withAdd("NET_ADMIN")
                .withDrop("ALL")
                .endCapabilities()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .addToVolumeMounts(mount(SIDECAR_TOKEN_VOLUME, TOKEN_PATH))
                .build();
    }

    /** What tells the relay beside an application of the ways in, and of what it asks in the kubelet's place. */
    public static List<String> inboundArguments(List<Inbound> inbound, List<ApplicationProbe> probes) {
        return Stream.concat(
                        option("--inbound", inbound.stream().map(Inbound::toString)).stream(),
                        option("--probe", probes.stream().map(RelayContainer::literally)).stream())
                .toList();
    }

    /** As it stands: the kubelet would look for the values of variables in it. */
    private static String literally(ApplicationProbe probe) {
        return probe.toString().replace("$(", "$$(");
    }

    /** What tells it how long to let what runs end. */
    public static List<String> graceArguments(@Nullable Duration grace) {
        return option(
                "--grace", Stream.ofNullable(grace).map(Duration::toSeconds).map(String::valueOf));
    }

    private static List<String> option(String name, Stream<String> values) {
        return values.flatMap(value -> Stream.of(name, value)).toList();
    }

    private static ContainerBuilder common(String adminName, int adminPort, Compute compute, Settings settings) {
        return new ContainerBuilder()
                .withImage(settings.relayImage())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withResources(resources(compute))
                .withLivenessProbe(probe("/livez", adminName, 10, 3))
                .withReadinessProbe(probe("/readyz", adminName, 2, 2))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withTerminationMessagePolicy("FallbackToLogsOnError");
    }

    private static VolumeMount mount(String volume, String path) {
        return new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(true)
                .build();
    }

    private static String address(Settings settings, int port) {
        String address = settings.listenAddress();
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    private static ContainerPort admin(String name, int port) {
        return new ContainerPortBuilder()
                .withName(name)
                .withContainerPort(port)
                .withProtocol("TCP")
                .build();
    }

    private static List<ContainerPort> ports(List<CheckedListener> listeners) {
        return listeners.stream()
                .map(listener -> new ContainerPortBuilder()
                        .withContainerPort(listener.boundPort())
                        .withProtocol("TCP")
                        .build())
                .toList();
    }

    private static ResourceRequirements resources(Compute compute) {
        var resources = new ResourceRequirementsBuilder()
                .addToRequests("cpu", Quantity.parse(compute.cpuRequest().text()))
                .addToRequests("memory", Quantity.parse(compute.memoryRequest().text()))
                .addToLimits("memory", Quantity.parse(compute.memoryLimit().text()));
        if (compute.cpuLimit() != null) {
            resources.addToLimits("cpu", Quantity.parse(compute.cpuLimit().text()));
        }
        return resources.build();
    }

    private static Probe probe(String path, String port, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(port)
                .withScheme("HTTP")
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(3)
                .withSuccessThreshold(1)
                .withFailureThreshold(failures)
                .build();
    }
}
