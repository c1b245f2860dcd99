package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.Applications;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.webhook.Webhook;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of pods at a real API server, by the configuration of {@code manifests/}; only the address is another. */
@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class WebhookTest {
    private static final Map<String, String> EGRESS = Map.of("sallyport.dev/egress", "egress");

    Cluster cluster;

    @Inject
    Webhook webhook;

    private Applications applications;

    @BeforeEach
    void pointTheApiServerHere() {
        applications = new Applications(cluster);
        applications.ask(webhook);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,     -,     false
            -,     true,  true
            -,     false, false
            true,  -,     true
            true,  true,  true
            true,  false, false
            false, -,     false
            false, true,  false
            false, false, false
            """)
    void labelsDecide(@Nullable String namespace, @Nullable String pod, boolean injected) {
        assertThat(Applications.isInjected(applications.make(applications.namespace(namespace), pod, EGRESS)))
                .isEqualTo(injected);
    }

    @Test
    void aRestrictedNamespaceTakesTheInjectedPod() {
        Pod pod = applications.make(applications.namespace("true"), null, EGRESS);
        Container relay = pod.getSpec().getInitContainers().getFirst();
        assertThat(relay.getName()).isEqualTo("sallyport");
        assertThat(relay.getRestartPolicy()).isEqualTo("Always");
        assertThat(relay.getVolumeMounts())
                .extracting(mount -> mount.getName() + " " + mount.getMountPath())
                .containsExactly(
                        "sallyport-egress /etc/sallyport/egress",
                        "sallyport-no-token /var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(pod.getSpec().getContainers().getFirst().getEnv())
                .extracting(EnvVar::getName)
                .contains("HTTPS_PROXY", "https_proxy", "NO_PROXY", "JAVA_TOOL_OPTIONS");
        assertThat(pod.getMetadata().getAnnotations()).containsKey("sallyport.dev/status");
        assertThat(pod.getMetadata().getLabels())
                .containsEntry("sallyport.dev/relay", "sidecar")
                .containsEntry("sallyport.dev/egress", "egress");
    }

    @Test
    void aCopyOfAnInjectedPodIsTakenAsItIs() {
        String namespace = applications.namespace("true");
        Pod first = applications.make(namespace, null, EGRESS);
        Pod copy = new PodBuilder(first)
                .withNewMetadata()
                .withGenerateName("copy-")
                .withNamespace(namespace)
                .withLabels(first.getMetadata().getLabels())
                .withAnnotations(first.getMetadata().getAnnotations())
                .endMetadata()
                .withStatus(null)
                .build();
        Pod second = cluster.admin().resource(copy).create();
        assertThat(second.getSpec()).isEqualTo(first.getSpec());
    }

    /** The API server judges the pod as it is after the webhook. */
    @Test
    void aNamespaceThatForbidsRedirectionSaysSo() {
        String namespace = applications.namespace("true");
        Map<String, String> redirected = Map.of(
                "sallyport.dev/egress",
                "egress",
                "sallyport.dev/capture",
                "redirect",
                "sallyport.dev/exclude-outbound-cidrs",
                "10.0.0.0/8");
        assertThatThrownBy(() -> applications.make(namespace, null, redirected))
                .hasMessageContaining("violates PodSecurity")
                .hasMessageContaining("container \"sallyport-redirect\" must not include \"NET_ADMIN\"");
    }

    @Test
    void aRefusalSaysWhatWouldBeRight() {
        String namespace = applications.namespace("true");
        assertThatThrownBy(() -> applications.make(
                        namespace, null, Map.of("sallyport.dev/egress", "egress", "sallyport.dev/relay", "Sidecar")))
                .hasMessageContaining("admission webhook \"namespaces.inject.sallyport.dev\" denied the request")
                .hasMessageContaining(
                        "metadata.annotations[sallyport.dev/relay]: 'Sidecar' is not among its values; give sidecar or central");
        assertThatThrownBy(() -> applications.make(namespace, "yes", EGRESS))
                .hasMessageContaining("says neither yes nor no");
    }

    @Test
    void systemNamespacesAndRelaysAreLeftAlone() {
        for (String namespace : new String[] {"kube-system", ApiServer.NAMESPACE}) {
            assertThat(Applications.isInjected(cluster.admin()
                            .resource(Applications.pod(namespace, "true", EGRESS))
                            .dryRun()
                            .create()))
                    .isFalse();
        }
        Pod relay = Applications.pod(applications.namespace("true"), "true", EGRESS);
        relay.getMetadata().getLabels().put("app.kubernetes.io/managed-by", "sallyport-operator");
        assertThat(Applications.isInjected(cluster.admin().resource(relay).create()))
                .isFalse();
    }

    @Test
    void oneThatIsDownIsInTheWayOfThoseAloneWhoAsked() {
        String asks = applications.namespace("true");
        String silent = applications.namespace(null);
        applications.pointTo(1);
        try {
            Until.passes(() -> assertThatThrownBy(() -> applications.make(asks, null, EGRESS))
                    .hasMessageContaining("failed calling webhook \"namespaces.inject.sallyport.dev\""));
            assertThat(Applications.isInjected(applications.make(asks, "false", EGRESS)))
                    .isFalse();
            assertThat(Applications.isInjected(applications.make(silent, null, EGRESS)))
                    .isFalse();
        } finally {
            applications.pointTo(webhook.port());
        }
    }

    @Test
    void theBundleIsThatOfTheSecret() {
        var configuration = cluster.admin()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(ApiServer.OPERATOR);
        Secret secret = cluster.get(Secret.class, ApiServer.NAMESPACE, "sallyport-webhook");
        assertThat(configuration.get().getWebhooks())
                .hasSize(2)
                .allSatisfy(webhook -> assertThat(webhook.getClientConfig().getCaBundle())
                        .isEqualTo(secret.getData().get("ca.crt")));
    }
}
