package dev.sallyport.control.render;

import dev.sallyport.control.input.ProxyName;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Map;
import java.util.Optional;

/**
 * What pods of another namespace are given of a ForwardProxy: copies of its ConfigMaps there, as no pod mounts what is elsewhere. Owner
 * references do not cross namespaces, so labels tell whose they are. Secrets stay home.
 */
public final class Copies {
    /** The label with the UID of the ForwardProxy. */
    public static final String OWNER = "sallyport.dev/owner";

    /** The label with its namespace; its name is the value of {@link Labels#INSTANCE}. */
    public static final String OWNER_NAMESPACE = "sallyport.dev/owner-namespace";

    private Copies() {}

    /** @param original with its owner */
    public static ConfigMap of(ConfigMap original, String namespace) {
        String home = original.getMetadata().getNamespace();
        OwnerReference owner = original.getMetadata().getOwnerReferences().getFirst();
        return new ConfigMapBuilder(original)
                .editMetadata()
                .withName(Names.copy(home, original.getMetadata().getName()))
                .withNamespace(namespace)
                .addToLabels(OWNER, owner.getUid())
                .addToLabels(OWNER_NAMESPACE, home)
                .withOwnerReferences()
                .endMetadata()
                .build();
    }

    /** The UID of the ForwardProxy that {@code object} was copied for; empty when it is no copy. */
    public static Optional<String> ownerUid(HasMetadata object) {
        return label(object, OWNER);
    }

    /** That ForwardProxy. */
    public static Optional<ProxyName> owner(HasMetadata object) {
        return label(object, OWNER_NAMESPACE)
                .flatMap(namespace -> label(object, Labels.INSTANCE).map(name -> new ProxyName(namespace, name)));
    }

    private static Optional<String> label(HasMetadata object, String label) {
        return Optional.ofNullable(object.getMetadata().getLabels())
                .map((Map<String, String> labels) -> labels.get(label));
    }
}
