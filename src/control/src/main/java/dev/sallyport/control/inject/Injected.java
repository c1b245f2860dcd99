package dev.sallyport.control.inject;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How injected pods are known. */
public final class Injected {
    /** The label that tells whose relay carries the pod's traffic. */
    public static final String RELAY = "sallyport.dev/relay";

    /** Its value on pods with a relay of their own. */
    public static final String SIDECAR = Choices.Mode.SIDECAR.word();

    /** The label that names the ForwardProxy. */
    public static final String EGRESS = "sallyport.dev/egress";

    /** The label that names the ReverseProxy. */
    public static final String INGRESS = "sallyport.dev/ingress";

    private Injected() {}

    /** The ForwardProxy that an injected pod uses, of its own namespace. */
    public static Optional<String> egress(Pod pod) {
        return label(pod, EGRESS);
    }

    /** The ReverseProxy that stands before an injected pod, of its own namespace. */
    public static Optional<String> ingress(Pod pod) {
        return label(pod, INGRESS);
    }

    private static Optional<String> label(Pod pod, String label) {
        return Optional.ofNullable(pod.getMetadata().getLabels()).map(labels -> labels.get(label));
    }

    static Map<String, String> labels(Choices choices) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(RELAY, choices.mode().word());
        choices.parts()
                .forEach((part, proxy) -> labels.put(
                        switch (part) {
                            case EGRESS -> EGRESS;
                            case INGRESS -> INGRESS;
                        },
                        proxy));
        return labels;
    }
}
