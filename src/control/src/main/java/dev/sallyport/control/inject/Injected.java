package dev.sallyport.control.inject;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;

/** How injected pods are known. */
public final class Injected {
    /** The label that tells whose relay carries the pod's traffic. */
    public static final String RELAY = "sallyport.dev/relay";

    /** Its value on pods with a relay of their own. */
    public static final String SIDECAR = Choices.Mode.SIDECAR.word();

    /** The label that names the ForwardProxy. */
    public static final String EGRESS = "sallyport.dev/egress";

    private Injected() {}

    /** The ForwardProxy that an injected pod uses, of its own namespace. */
    public static Optional<String> egress(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels()).map(labels -> labels.get(EGRESS));
    }

    static Map<String, String> labels(String relay, String egress) {
        return Map.of(RELAY, relay, EGRESS, egress);
    }
}
