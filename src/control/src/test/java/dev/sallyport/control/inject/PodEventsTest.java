package dev.sallyport.control.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.control.Objects;
import dev.sallyport.control.status.Event;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import org.junit.jupiter.api.Test;

class PodEventsTest {
    private static final String EGRESS = "labels: {sallyport.dev/relay: sidecar, sallyport.dev/egress: egress}";

    @Test
    void aPendingPodWaitsForAProxyThatIsNotThere() {
        assertThat(PodEvents.waiting(pod(EGRESS, "Pending"), null, null, null))
                .map(Event::message)
                .contains("The pod starts when there is ForwardProxy shop/egress, which does not exist.");
        assertThat(PodEvents.waiting(pod(EGRESS, "Running"), null, null, null)).isEmpty();
    }

    @Test
    void orForOneThatCannotBeUsed() {
        assertThat(PodEvents.waiting(pod(EGRESS, "Pending"), proxy("False"), null, null))
                .map(Event::message)
                .contains("The pod starts when ForwardProxy shop/egress can be used: spec.x is wrong.");
        assertThat(PodEvents.waiting(pod(EGRESS, "Pending"), proxy("True"), null, null))
                .isEmpty();
        assertThat(PodEvents.waiting(pod(EGRESS, "Pending"), Objects.forward("allow: [a.example]"), null, null))
                .isEmpty();
    }

    @Test
    void orForRelaysOfAProxyThatHasNone() {
        String central = EGRESS.replace("relay: sidecar", "relay: central");
        ForwardProxy none = Objects.forward("infrastructure: {deployment: None}");
        assertThat(PodEvents.waiting(pod(central, "Pending"), none, null, null))
                .map(Event::message)
                .contains("The pod starts when ForwardProxy shop/egress has relays of its own: it is for sidecars alone"
                        + " (spec.infrastructure.deployment: None), and the pod says sallyport.dev/relay: central.");
        assertThat(PodEvents.waiting(pod(EGRESS, "Pending"), none, null, null)).isEmpty();
        assertThat(PodEvents.waiting(pod(central, "Pending"), proxy("True"), null, null))
                .isEmpty();
    }

    @Test
    void oneWithBothTellsOfBoth() {
        Pod pod = pod(
                "labels: {sallyport.dev/relay: sidecar, sallyport.dev/egress: egress, sallyport.dev/ingress: web}",
                "Pending");
        assertThat(PodEvents.waiting(pod, null, null, null))
                .map(Event::message)
                .contains("The pod starts when there is ForwardProxy shop/egress, which does not exist."
                        + " The pod starts when there is ReverseProxy shop/web, which does not exist.");
        assertThat(PodEvents.waiting(pod, proxy("True"), null, null))
                .map(Event::message)
                .contains("The pod starts when there is ReverseProxy shop/web, which does not exist.");
        assertThat(PodEvents.waiting(pod, proxy("True"), Objects.reverse("backendRefs: [{name: web, port: 80}]"), null))
                .isEmpty();
    }

    @Test
    void oneThatNamesAProxyOfAnotherNamespaceWaitsForTheConsentOfBoth() {
        Pod pod = pod(
                "labels: {sallyport.dev/relay: sidecar, sallyport.dev/egress: egress, sallyport.dev/egress-namespace: platform}",
                "Pending");
        ForwardProxy closed = Objects.forward("allow: [a.example]");
        ForwardProxy open = Objects.forward("clients: {from: [{namespaceSelector: {matchLabels: {team: shop}}}]}");
        Namespace silent = namespace("");
        Namespace accepts = namespace("annotations: {sallyport.dev/accept-forward-proxy: platform/egress}");
        assertThat(PodEvents.waiting(pod, open, null, silent))
                .map(Event::message)
                .contains(
                        "The pod starts when namespace shop accepts ForwardProxy platform/egress: whoever administers the"
                                + " namespace annotates it with sallyport.dev/accept-forward-proxy: platform/egress.");
        assertThat(PodEvents.waiting(pod, closed, null, accepts))
                .map(Event::message)
                .contains(
                        "The pod starts when ForwardProxy platform/egress admits namespace shop: whoever owns it selects"
                                + " the namespace by spec.clients.from[].namespaceSelector.");
        assertThat(PodEvents.waiting(pod, null, null, accepts))
                .map(Event::message)
                .contains("The pod starts when there is ForwardProxy platform/egress, which does not exist.");
        assertThat(PodEvents.waiting(pod, open, null, accepts)).isEmpty();
        assertThat(PodEvents.waiting(pod(EGRESS, "Pending"), closed, null, silent))
                .isEmpty();
    }

    @Test
    void aPodThatAskedAndHasNoneIsNaked() {
        String asks = "labels: {sallyport.dev/inject: \"true\"}";
        assertThat(PodEvents.naked(pod(asks, "Running")))
                .map(Event::message)
                .contains(
                        "The pod asks for a relay and has none: it was made before the label or the webhook; make it anew.");
        assertThat(PodEvents.naked(pod("labels: {app: web}", "Running"), true))
                .map(Event::message)
                .contains("The pod's namespace asks for a relay, and the pod has none: it was made before the label"
                        + " or the webhook; make it anew. So it is with other pods of the namespace.");
        assertThat(PodEvents.naked(pod(asks + "\n  annotations: {sallyport.dev/status: skipped}", "Running")))
                .map(Event::message)
                .hasValueSatisfying(message -> assertThat(message).contains("see its annotation sallyport.dev/status"));
        assertThat(PodEvents.naked(pod(asks, "Succeeded"))).isEmpty();
        assertThat(PodEvents.naked(pod(
                        "labels: {sallyport.dev/inject: \"true\", app.kubernetes.io/managed-by: sallyport-operator}",
                        "Running")))
                .isEmpty();
    }

    private static Pod pod(String labels, String phase) {
        return Objects.YAML.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: app
                  namespace: shop
                  %s
                status: {phase: %s}
                """.formatted(labels, phase));
    }

    private static Namespace namespace(String annotations) {
        return Objects.YAML.unmarshal("""
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: shop
                  labels: {team: shop}
                  %s
                """.formatted(annotations));
    }

    private static ForwardProxy proxy(String accepted) {
        return Objects.YAML.unmarshal("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: shop}
                spec: {}
                status: {conditions: [{type: Accepted, status: "%s", reason: Invalid, message: spec.x is wrong.}]}
                """.formatted(accepted));
    }
}
