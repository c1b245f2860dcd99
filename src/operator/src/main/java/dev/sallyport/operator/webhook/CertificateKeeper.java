package dev.sallyport.operator.webhook;

import dev.sallyport.operator.apply.Children;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the credentials of the webhook: in a Secret that all replicas share, and in the configuration by which the API server checks them.
 * Whichever replica finds something to do does it; of two that do it at once, the API server lets one win, and the other takes up what that
 * one wrote.
 */
final class CertificateKeeper {
    /** The Secret. */
    static final String SECRET = "sallyport-webhook";

    /** The MutatingWebhookConfiguration. */
    static final String CONFIGURATION = "sallyport-operator";

    private static final Logger LOG = Logger.getLogger(CertificateKeeper.class);

    private final KubernetesClient client;
    private final String namespace;
    private final Rotation rotation;
    private final Clock clock;

    CertificateKeeper(KubernetesClient client, String namespace, Rotation rotation, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.rotation = rotation;
        this.clock = clock;
    }

    /**
     * What is to be shown now. The API server knows the authorities by then.
     *
     * @return empty when another replica was faster; the next look will find what it wrote
     * @throws KubernetesClientException when the API server does not do what it takes
     */
    Optional<Credentials> look() {
        Optional<Credentials> current = current();
        current.ifPresent(credentials -> publish(credentials.bundle()));
        return current;
    }

    private Optional<Credentials> current() {
        Secret secret = client.secrets().inNamespace(namespace).withName(SECRET).get();
        Credentials present = secret == null
                ? null
                : Credentials.read(Optional.ofNullable(secret.getData()).orElse(Map.of()))
                        .orElse(null);
        Optional<Credentials> next = rotation.next(present, clock.instant());
        if (next.isEmpty()) {
            return Optional.ofNullable(present);
        }
        try {
            write(secret, next.get());
            LOG.infof("the webhook's certificate is valid until %s", next.get().expiry());
            return next;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void write(@Nullable Secret before, Credentials credentials) {
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(SECRET)
                .addToLabels("app.kubernetes.io/name", "sallyport-operator")
                .addToLabels("app.kubernetes.io/part-of", "sallyport")
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withData(credentials.data());
        if (before == null) {
            client.resource(secret.build()).create();
        } else {
            client.resource(secret.editMetadata()
                            .withResourceVersion(before.getMetadata().getResourceVersion())
                            .endMetadata()
                            .build())
                    .fieldManager(Children.FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply();
        }
    }

    private void publish(String bundle) {
        MutatingWebhookConfiguration present = client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(CONFIGURATION)
                .get();
        if (present == null) {
            LOG.warnf("there is no MutatingWebhookConfiguration %s, so no pod is injected", CONFIGURATION);
            return;
        }
        String wanted = Base64.getEncoder().encodeToString(bundle.getBytes(StandardCharsets.US_ASCII));
        List<String> stale = present.getWebhooks().stream()
                .filter(webhook -> !wanted.equals(webhook.getClientConfig().getCaBundle()))
                .map(MutatingWebhook::getName)
                .toList();
        if (stale.isEmpty()) {
            return;
        }
        var patch = new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(CONFIGURATION)
                .endMetadata();
        for (MutatingWebhook webhook : present.getWebhooks()) {
            patch.addNewWebhook()
                    .withName(webhook.getName())
                    .withNewClientConfig()
                    .withCaBundle(wanted)
                    .endClientConfig()
                    .endWebhook();
        }
        client.resource(patch.build())
                .fieldManager(Children.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }
}
