package dev.sallyport.control.input;

import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.config.RelayPorts;
import java.util.List;

/**
 * What holds for every proxy of an installation.
 *
 * @param placement where relays run
 * @param version of Sallyport, for the label {@code app.kubernetes.io/version}
 * @param relayImage the image of the relay, with its tag or digest; empty where no pods are made
 * @param redirectImage the image of {@code nft} for pods whose traffic is redirected; empty where no pods are made
 * @param imagePullPolicy of these images: {@code Always}, {@code IfNotPresent} or {@code Never}
 * @param listenAddress what listeners bind to, as a literal: {@code 0.0.0.0} in pods, {@code ::} in those of an IPv6 cluster
 * @param adminPort what the relay answers about itself on; no listener may have it. 0 lets the system choose, outside of pods
 * @param adminNamespaces the namespaces whose pods may reach the admin port: the operator's, and that of whatever reads metrics
 * @param clusterRanges the cluster's pod and Service networks, as CIDR prefixes
 * @param clusterDomain the cluster's DNS domain, {@code cluster.local}
 */
public record Settings(
        Placement placement,
        String version,
        String relayImage,
        String redirectImage,
        String imagePullPolicy,
        String listenAddress,
        int adminPort,
        List<String> adminNamespaces,
        List<String> clusterRanges,
        String clusterDomain) {

    /**
     * @throws IllegalArgumentException when a cluster range is not a CIDR prefix
     */
    public Settings {
        adminNamespaces = List.copyOf(adminNamespaces);
        clusterRanges = clusterRanges.stream()
                .map(range -> Prefix.parse(range).toString())
                .toList();
    }

    /** For relays in pods, reached for their state from {@code operatorNamespace}. */
    public static Settings pods(
            String version,
            String relayImage,
            String redirectImage,
            String operatorNamespace,
            List<String> clusterRanges) {
        return new Settings(
                Placement.PODS,
                version,
                relayImage,
                redirectImage,
                "IfNotPresent",
                "0.0.0.0",
                RelayPorts.ADMIN,
                List.of(operatorNamespace),
                clusterRanges,
                "cluster.local");
    }

    /** For a relay in this process, on {@code listenAddress}. */
    public static Settings process(String version, String listenAddress, int adminPort) {
        return new Settings(
                Placement.PROCESS,
                version,
                "",
                "",
                "IfNotPresent",
                listenAddress,
                adminPort,
                List.of(),
                List.of(),
                "cluster.local");
    }

    /** The port that a relay binds for a listener on {@code port}: <em>restricted</em> pods cannot have those below 1024. */
    public int boundPort(int port) {
        return placement == Placement.PODS && port < 1024 ? port + 10_000 : port;
    }
}
