package dev.sallyport.control.inject;

import dev.sallyport.control.input.ProxyName;
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

    /** Its value on pods whose traffic goes to the relays of the ForwardProxy. */
    public static final String CENTRAL = Choices.Mode.CENTRAL.word();

    /** The label that names the ForwardProxy. */
    public static final String EGRESS = "sallyport.dev/egress";

    /** The label with the namespace of the ForwardProxy, where that is not the pod's. */
    public static final String EGRESS_NAMESPACE = "sallyport.dev/egress-namespace";

    /** The label that names the ReverseProxy. */
    public static final String INGRESS = "sallyport.dev/ingress";

    private Injected() {}

    /** The ForwardProxy that an injected pod uses. */
    public static Optional<ProxyName> egress(Pod pod) {
        return label(pod, EGRESS)
                .map(name -> new ProxyName(
                        label(pod, EGRESS_NAMESPACE).orElse(pod.getMetadata().getNamespace()), name));
    }

    /** The ReverseProxy that stands before an injected pod, of its own namespace. */
    public static Optional<ProxyName> ingress(Pod pod) {
        return label(pod, INGRESS).map(name -> new ProxyName(pod.getMetadata().getNamespace(), name));
    }

    private static Optional<String> label(Pod pod, String label) {
        return Optional.ofNullable(pod.getMetadata().getLabels()).map(labels -> labels.get(label));
    }

    static Map<String, String> labels(Choices choices) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(RELAY, choices.mode().word());
        choices.parts().forEach((part, proxy) -> {
            switch (part) {
                case EGRESS -> {
                    int slash = proxy.indexOf('/');
                    labels.put(EGRESS, proxy.substring(slash + 1));
                    if (slash > 0) {
                        labels.put(EGRESS_NAMESPACE, proxy.substring(0, slash));
                    }
                }
                case INGRESS -> labels.put(INGRESS, proxy);
            }
        });
        return labels;
    }
}
