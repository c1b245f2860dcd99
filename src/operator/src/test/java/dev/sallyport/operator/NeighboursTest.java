package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.operator.cluster.Applications;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.webhook.Webhook;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that use a ForwardProxy of another namespace. */
@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class NeighboursTest {
    Cluster cluster;

    @Inject
    Webhook webhook;

    private Applications applications;
    private String home;
    private String guest;

    @BeforeEach
    void pointTheApiServerHere() {
        applications = new Applications(cluster);
        applications.ask(webhook);
        home = applications.namespace(null);
        guest = applications.namespace("true");
    }

    @Test
    void waitsUntilBothHaveConsentedAndSaysWhomToAsk() {
        Pod pod = applications.make(guest, null, egress());
        says("The pod starts when namespace " + guest + " accepts ForwardProxy " + home
                + "/egress: whoever administers the"
                + " namespace annotates it with sallyport.dev/accept-forward-proxy: " + home + "/egress.");
        applications.annotate(guest, "sallyport.dev/accept-forward-proxy", "other/egress, " + home + "/egress");
        says("The pod starts when there is ForwardProxy " + home + "/egress, which does not exist.");
        allow("a.example", "");
        says("The pod starts when ForwardProxy " + home + "/egress admits namespace " + guest
                + ": whoever owns it selects the namespace by spec.clients.from[].namespaceSelector.");
        assertThat(copy("sidecar")).isNull();
        assertThat(sidecars()).isNull();

        allow("b.example", admitting(guest));
        programmed(1);
        assertThat(copy("sidecar").getData())
                .isEqualTo(cluster.get(ConfigMap.class, home, "egress-sidecar").getData());
        assertThat(copy("sidecar").getMetadata().getOwnerReferences()).isEmpty();
        assertThat(copy("client")).isNull();

        allow("c.example", admitting(guest));
        Until.passes(() -> assertThat(copy("sidecar").getData().toString()).contains("c.example"));
        programmed(1);
        assertThat(cluster.get(Pod.class, guest, pod.getMetadata().getName())
                        .getMetadata()
                        .getUid())
                .isEqualTo(pod.getMetadata().getUid());
    }

    @Test
    void takesBackWhatItCopiedWithTheConsentOfEither() {
        allow("a.example", admitting(guest));
        accept();
        applications.make(guest, null, egress());
        programmed(1);
        applications.annotate(guest, "sallyport.dev/accept-forward-proxy", "");
        gone("sidecar");
        Until.passes(() -> assertThat(sidecars()).isNull());
        accept();
        programmed(1);
        allow("a.example", admitting("another"));
        gone("sidecar");
        assertThat(cluster.get(ConfigMap.class, home, "egress-sidecar")).isNotNull();
    }

    @Test
    void takesItBackWithTheLastPodAndWithTheProxy() {
        allow("a.example", admitting(guest));
        accept();
        Pod pod = applications.make(guest, null, egress());
        programmed(1);
        cluster.admin().resource(pod).withGracePeriod(0).delete();
        gone("sidecar");
        Until.passes(() -> assertThat(sidecars()).isNull());
        applications.make(guest, null, egress());
        programmed(1);
        cluster.admin()
                .resources(ForwardProxy.class)
                .inNamespace(home)
                .withName("egress")
                .delete();
        gone("sidecar");
    }

    @Test
    void whoUsesItsOwnRelaysIsGivenTheVariables() {
        allow("a.example", admitting(guest));
        accept();
        Pod pod = applications.make(
                guest, null, Map.of("sallyport.dev/egress", home + "/egress", "sallyport.dev/relay", "central"));
        Until.passes(() -> assertThat(copy("client"))
                .isNotNull()
                .satisfies(copy ->
                        assertThat(copy.getData().get("HTTPS_PROXY")).startsWith("http://egress." + home + ".svc.")));
        assertThat(copy("sidecar")).isNull();
        cluster.admin().resource(pod).withGracePeriod(0).delete();
        gone("client");
    }

    @Test
    void anObjectOfSomebodyElseIsLeftAlone() {
        cluster.apply(guest, """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s.egress-sidecar}
                data: {mine: "1"}
                """.formatted(home));
        allow("a.example", admitting(guest));
        accept();
        applications.make(guest, null, egress());
        String second = applications.namespace("true");
        applications.annotate(second, "sallyport.dev/accept-forward-proxy", home + "/egress");
        allow("a.example", "{}");
        applications.make(second, null, egress());
        Until.passes(() -> assertThat(cluster.admin()
                        .configMaps()
                        .inNamespace(second)
                        .withName(home + ".egress-sidecar")
                        .get())
                .isNotNull());
        assertThat(copy("sidecar").getData()).containsOnlyKeys("mine");
    }

    private Map<String, String> egress() {
        return Map.of("sallyport.dev/egress", home + "/egress");
    }

    private void accept() {
        applications.annotate(guest, "sallyport.dev/accept-forward-proxy", home + "/egress");
    }

    private static String admitting(String namespace) {
        return "{matchLabels: {kubernetes.io/metadata.name: " + namespace + "}}";
    }

    private void allow(String name, String selector) {
        cluster.apply(home, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {allow: [%s]%s}
                """.formatted(
                        name, selector.isEmpty() ? "" : ", clients: {from: [{namespaceSelector: " + selector + "}]}"));
    }

    private void says(String message) {
        Until.passes(() -> assertThat(cluster.events(guest, "WaitingForProxy"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).isEqualTo(message)));
    }

    private void programmed(int sidecars) {
        Until.passes(() -> assertThat(sidecars()).isEqualTo(new Relays(sidecars, sidecars)));
    }

    private @Nullable Relays sidecars() {
        var status = cluster.get(ForwardProxy.class, home, "egress").getStatus();
        return status == null ? null : status.sidecars();
    }

    private void gone(String what) {
        Until.passes(() -> assertThat(copy(what)).isNull());
    }

    private @Nullable ConfigMap copy(String what) {
        return cluster.admin()
                .configMaps()
                .inNamespace(guest)
                .withName(home + ".egress-" + what)
                .get();
    }
}
