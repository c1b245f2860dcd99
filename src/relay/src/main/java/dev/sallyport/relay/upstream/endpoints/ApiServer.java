package dev.sallyport.relay.upstream.endpoints;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is and how it knows the relay.
 *
 * @param address its scheme (https, or http for tests), host and port
 * @param token the file of the bearer token, read anew for each request since it is rotated
 * @param ca the file of the certificates, in PEM form, that its own is checked against
 */
public record ApiServer(URI address, Path token, Path ca) {
    /** Where the kubelet puts a pod's token and certificates. */
    public static final Path MOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * That of the cluster that this process runs in, or null when it runs in none or has no token.
     *
     * @param environment the process's
     * @param mount the directory with {@code token} and {@code ca.crt}
     */
    public static @Nullable ApiServer ofCluster(Map<String, String> environment, Path mount) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        Path token = mount.resolve("token");
        if (host == null || host.isEmpty() || !Files.exists(token)) {
            return null;
        }
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        String authority = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        return new ApiServer(URI.create("https://" + authority), token, mount.resolve("ca.crt"));
    }

    boolean isSecured() {
        return address.getScheme().equals("https");
    }

    /** A name, or an address without brackets. */
    String host() {
        String host = address.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return address.getPort();
    }
}
