package dev.sallyport.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.operator.webhook.Webhook;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Pods of applications that ask for a relay, and an API server that asks the operator about them. */
public final class Applications {
    private static final String LABEL = "sallyport.dev/inject";

    private final Cluster cluster;

    public Applications(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Has the API server ask {@code webhook}, and waits until it does. */
    public void ask(Webhook webhook) {
        Until.passes(() -> assertThat(webhook.port()).isPositive());
        pointTo(webhook.port());
        String namespace = namespace("true");
        Until.passes(() -> {
            try {
                assertThat(isInjected(cluster.admin()
                                .resource(pod(namespace, null, Map.of("sallyport.dev/egress", "egress")))
                                .dryRun()
                                .create()))
                        .isTrue();
            } catch (KubernetesClientException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Has the API server ask on another port of this machine, where it finds no Service. */
    public void pointTo(int port) {
        MutatingWebhookConfiguration present = configuration();
        present.getWebhooks().forEach(webhook -> {
            String path = webhook.getClientConfig().getService() == null
                    ? webhook.getClientConfig().getUrl().replaceFirst("https://[^/]*", "")
                    : webhook.getClientConfig().getService().getPath();
            webhook.getClientConfig().setService(null);
            webhook.getClientConfig().setUrl("https://localhost:" + port + path);
        });
        cluster.admin().resource(present).update();
    }

    private MutatingWebhookConfiguration configuration() {
        return cluster.admin()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(ApiServer.OPERATOR)
                .get();
    }

    /** Makes a namespace of <em>restricted</em> pods with that label. */
    public String namespace(@Nullable String label) {
        var namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName("application-")
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted");
        if (label != null) {
            namespace.addToLabels(LABEL, label);
        }
        return cluster.admin()
                .resource(namespace.endMetadata().build())
                .create()
                .getMetadata()
                .getName();
    }

    /** Gives a namespace that label, or takes it away. */
    public void label(String namespace, @Nullable String label) {
        cluster.admin().namespaces().withName(namespace).edit(present -> {
            if (label == null) {
                present.getMetadata().getLabels().remove(LABEL);
            } else {
                present.getMetadata().getLabels().put(LABEL, label);
            }
            return present;
        });
    }

    /** Changes a namespace, in what is nobody's concern. */
    public void touch(String namespace) {
        annotate(namespace, "touched", UUID.randomUUID().toString());
    }

    public void annotate(String namespace, String key, String value) {
        cluster.admin().namespaces().withName(namespace).edit(present -> {
            present.getMetadata().getAnnotations().put(key, value);
            return present;
        });
    }

    /** Makes a pod without the webhook's configuration, as where that comes later or was deleted. */
    public Pod whileNobodyIsAsked(Supplier<Pod> make) {
        MutatingWebhookConfiguration asking = configuration();
        cluster.admin().resource(asking).delete();
        try {
            // The API server hears of it a moment later.
            AtomicReference<Pod> made = new AtomicReference<>();
            Until.passes(() -> {
                Pod pod = make.get();
                if (isInjected(pod)) {
                    cluster.admin().resource(pod).withGracePeriod(0).delete();
                }
                assertThat(isInjected(pod)).isFalse();
                made.set(pod);
            });
            return made.get();
        } finally {
            asking.getMetadata().setResourceVersion(null);
            cluster.admin().resource(asking).create();
        }
    }

    public Pod make(String namespace, @Nullable String label, Map<String, String> annotations) {
        return cluster.admin().resource(pod(namespace, label, annotations)).create();
    }

    public static Pod pod(String namespace, @Nullable String label, Map<String, String> annotations) {
        Map<String, String> labels = new TreeMap<>(Map.of("app", "test"));
        if (label != null) {
            labels.put(LABEL, label);
        }
        return new PodBuilder()
                .withNewMetadata()
                .withGenerateName("app-")
                .withNamespace(namespace)
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("app")
                .withImage("app:1")
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .addNewPort()
                .withName("sallyport-in")
                .withContainerPort(15080)
                .endPort()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    public static boolean isInjected(Pod pod) {
        return pod.getSpec().getInitContainers().stream()
                .anyMatch(container -> container.getName().equals("sallyport"));
    }
}
