package dev.sallyport.control.inject;

import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.forward.ClientSource;
import dev.sallyport.api.v1alpha1.forward.LabelRequirement;
import dev.sallyport.api.v1alpha1.forward.NamespaceSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether pods of a namespace may use a ForwardProxy of another one. Both have to say so: the ForwardProxy by {@code clients.from}, the
 * namespace by the annotation {@value #ACCEPTS}, as nobody else decides what becomes of its pods' traffic.
 */
public final class Consent {
    /** The annotation: {@code NAMESPACE/NAME}, of several with commas between them. */
    public static final String ACCEPTS = "sallyport.dev/accept-forward-proxy";

    private Consent() {}

    /** Whether both have said so. */
    public static boolean holds(ForwardProxy proxy, Namespace guest) {
        return accepts(
                        guest,
                        proxy.getMetadata().getNamespace() + "/"
                                + proxy.getMetadata().getName())
                && admits(proxy, guest);
    }

    /** @param proxy {@code NAMESPACE/NAME} */
    static boolean accepts(Namespace guest, String proxy) {
        String accepted = requireNonNullElse(guest.getMetadata().getAnnotations(), Map.<String, String>of())
                .getOrDefault(ACCEPTS, "");
        return Arrays.stream(accepted.split(",", -1)).map(String::strip).anyMatch(proxy::equals);
    }

    static boolean admits(ForwardProxy proxy, Namespace guest) {
        if (proxy.getSpec() == null || proxy.getSpec().clients() == null) {
            return false;
        }
        Map<String, String> labels = requireNonNullElse(guest.getMetadata().getLabels(), Map.of());
        return requireNonNullElse(proxy.getSpec().clients().from(), List.<ClientSource>of()).stream()
                .map(ClientSource::namespaceSelector)
                .anyMatch(selector -> selector != null && selects(selector, labels));
    }

    private static boolean selects(NamespaceSelector selector, Map<String, String> labels) {
        return labels.entrySet()
                        .containsAll(requireNonNullElse(selector.matchLabels(), Map.<String, String>of())
                                .entrySet())
                && requireNonNullElse(selector.matchExpressions(), List.<LabelRequirement>of()).stream()
                        .allMatch(requirement -> holds(requirement, labels.get(requirement.key())));
    }

    /** One without an operator, which the API server does not take, holds for nobody. */
    private static boolean holds(LabelRequirement requirement, @Nullable String value) {
        List<String> values = requireNonNullElse(requirement.values(), List.of());
        return switch (requirement.operator()) {
            case null -> false;
            case IN -> value != null && values.contains(value);
            case NOT_IN -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case DOES_NOT_EXIST -> value == null;
        };
    }
}
