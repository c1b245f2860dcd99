package dev.sallyport.control.render;

import com.google.common.hash.Hashing;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import java.nio.charset.StandardCharsets;

/**
 * What the objects of a proxy are called: {@code NAME-relay}, and {@code NAME-client}. The Service of a forward proxy has the proxy's own
 * name, which clients write; that of a reverse proxy is {@code NAME-relay}, because a proxy is commonly named like the Service behind it.
 */
public final class Names {
    private static final int MOST = 63;

    private Names() {}

    /** Of all objects of a proxy that have no other name. */
    public static String relay(Subject subject) {
        return child(subject.name(), "-relay");
    }

    public static String client(Subject subject) {
        return client(subject.name());
    }

    /**
     * Of the settings for clients of a forward proxy.
     *
     * @param proxy {@code NAME}; {@code NAMESPACE/NAME} where that is another namespace
     */
    public static String client(String proxy) {
        return perhapsCopy(proxy, "-client");
    }

    /**
     * Of what relays in the pods of applications serve.
     *
     * @param proxy as for {@link #client(String)}
     */
    public static String sidecar(String proxy) {
        return perhapsCopy(proxy, "-sidecar");
    }

    /** Of a copy in another namespace. With its dot it is not that of a proxy's own objects, which are named like Services. */
    static String copy(String home, String original) {
        return home + "." + original;
    }

    private static String perhapsCopy(String proxy, String suffix) {
        int slash = proxy.indexOf('/');
        return slash < 0
                ? child(proxy, suffix)
                : copy(proxy.substring(0, slash), child(proxy.substring(slash + 1), suffix));
    }

    public static String service(Subject subject) {
        return subject.kind() == ProxyKind.FORWARD ? subject.name() : relay(subject);
    }

    /** The name under which every pod of the cluster finds the Service. */
    public static String serviceHost(Subject subject, Settings settings) {
        return service(subject) + "." + subject.namespace() + ".svc." + settings.clusterDomain();
    }

    /** A name that would be too long is cut, and told apart by a hash of the whole. */
    private static String child(String name, String suffix) {
        if (name.length() + suffix.length() <= MOST) {
            return name + suffix;
        }
        String hash = Hashing.sha256()
                .hashString(name, StandardCharsets.UTF_8)
                .toString()
                .substring(0, 8);
        return name.substring(0, MOST - suffix.length() - hash.length() - 1) + "-" + hash + suffix;
    }
}
