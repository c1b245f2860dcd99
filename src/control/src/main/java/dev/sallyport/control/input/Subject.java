package dev.sallyport.control.input;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Objects;

/**
 * The object that a plan is made of.
 *
 * @param uid its {@code metadata.uid}; empty where there is no API server
 * @param generation its {@code metadata.generation}; 0 where there is no API server
 */
public record Subject(ProxyKind kind, String namespace, String name, String uid, long generation) {
    private static final String NO_NAMESPACE = "default";

    public static Subject of(ForwardProxy proxy) {
        return of(ProxyKind.FORWARD, proxy);
    }

    public static Subject of(ReverseProxy proxy) {
        return of(ProxyKind.REVERSE, proxy);
    }

    private static Subject of(ProxyKind kind, HasMetadata proxy) {
        ObjectMeta metadata = proxy.getMetadata();
        return new Subject(
                kind,
                Objects.requireNonNullElse(metadata.getNamespace(), NO_NAMESPACE),
                Objects.requireNonNullElse(metadata.getName(), ""),
                Objects.requireNonNullElse(metadata.getUid(), ""),
                Objects.requireNonNullElse(metadata.getGeneration(), 0L));
    }

    /** {@code namespace/name}. */
    public String key() {
        return namespace + "/" + name;
    }

    @Override
    public String toString() {
        return kind.kind() + " " + key();
    }
}
