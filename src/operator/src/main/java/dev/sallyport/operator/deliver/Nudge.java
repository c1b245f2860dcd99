package dev.sallyport.operator.deliver;

import dev.sallyport.operator.apply.Children;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import org.jboss.logging.Logger;

/**
 * Makes the kubelet sync a pod's volumes at once by changing one of the pod's annotations. It may be called before the
 * kubelet's own watch has the new ConfigMap, so the annotation carries the number of the attempt.
 */
public final class Nudge {
    /** The annotation: {@code HASH/ATTEMPT}. */
    public static final String ANNOTATION = "sallyport.dev/config";

    private static final Logger LOG = Logger.getLogger(Nudge.class);

    private final KubernetesClient client;

    public Nudge(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Marks the pod of {@code relay}. A refusal is not an error: without the permission the kubelet delivers in its own
     * time, a minute or so.
     */
    public void give(Relay relay, int attempt) {
        var mark = new PodBuilder()
                .withNewMetadata()
                .withNamespace(relay.namespace())
                .withName(relay.pod())
                .withUid(relay.uid())
                .addToAnnotations(ANNOTATION, relay.wanted() + "/" + attempt)
                .endMetadata()
                .build();
        try {
            client.resource(mark)
                    .fieldManager(Children.FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply();
        } catch (KubernetesClientException e) {
            boolean obsolete = e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                    || e.getCode() == HttpURLConnection.HTTP_CONFLICT
                    || Thread.currentThread().isInterrupted();
            LOG.logf(
                    obsolete ? Logger.Level.DEBUG : Logger.Level.WARN,
                    "pod %s is not nudged to take configuration %s: %s",
                    relay.key(),
                    relay.wanted(),
                    e.getMessage());
        }
    }
}
