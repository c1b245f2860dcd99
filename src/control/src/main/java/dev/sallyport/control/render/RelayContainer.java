package dev.sallyport.control.render;

import dev.sallyport.control.input.Settings;
import dev.sallyport.control.validate.CheckedListener;
import dev.sallyport.control.validate.Compute;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.ArrayList;
import java.util.List;

/** The container that runs a relay. Whatever pod it is in, it is made here. */
public final class RelayContainer {
    public static final String NAME = "relay";

    /** The user and group of the relay's process. */
    public static final long UID = 7717;

    /** The name of the admin port. */
    public static final String ADMIN_PORT = "admin";

    static final String CONFIG_VOLUME = "config";
    static final String TOKEN_VOLUME = "token";
    static final String CONFIG_PATH = "/etc/sallyport/config";
    static final String TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    private RelayContainer() {}

    /** @param token whether it may ask the API server for endpoints */
    public static Container of(Compute compute, List<CheckedListener> listeners, boolean token, Settings settings) {
        var container = new ContainerBuilder()
                .withName(NAME)
                .withImage(settings.relayImage())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withArgs("--config", CONFIG_PATH, "--admin", admin(settings))
                .withPorts(ports(listeners, settings))
                .withResources(resources(compute))
                .withStartupProbe(probe("/livez", 1, 60))
                .withLivenessProbe(probe("/livez", 10, 3))
                .withReadinessProbe(probe("/readyz", 2, 2))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .addNewVolumeMount()
                .withName(CONFIG_VOLUME)
                .withMountPath(CONFIG_PATH)
                .withReadOnly(true)
                .endVolumeMount();
        if (token) {
            container
                    .addNewVolumeMount()
                    .withName(TOKEN_VOLUME)
                    .withMountPath(TOKEN_PATH)
                    .withReadOnly(true)
                    .endVolumeMount();
        }
        return container.build();
    }

    private static String admin(Settings settings) {
        String address = settings.listenAddress();
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + settings.adminPort();
    }

    private static List<ContainerPort> ports(List<CheckedListener> listeners, Settings settings) {
        List<ContainerPort> ports = new ArrayList<>();
        for (CheckedListener listener : listeners) {
            ports.add(new ContainerPortBuilder()
                    .withContainerPort(listener.boundPort())
                    .withProtocol("TCP")
                    .build());
        }
        ports.add(new ContainerPortBuilder()
                .withName(ADMIN_PORT)
                .withContainerPort(settings.adminPort())
                .withProtocol("TCP")
                .build());
        return ports;
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

    private static Probe probe(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(ADMIN_PORT)
                .withScheme("HTTP")
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(3)
                .withSuccessThreshold(1)
                .withFailureThreshold(failures)
                .build();
    }
}
