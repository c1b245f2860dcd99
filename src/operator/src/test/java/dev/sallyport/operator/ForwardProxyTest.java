package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.control.Control;
import dev.sallyport.control.input.Settings;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.operator.apply.Children;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.InFlight;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Nodes;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.deliver.Nudge;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class ForwardProxyTest {
    Cluster cluster;

    @Inject
    Settings settings;

    @Inject
    KubernetesClient operator;

    @Inject
    InFlight inFlight;

    @Inject
    MeterRegistry meters;

    private String namespace;

    @BeforeEach
    void makeNamespace() {
        namespace = cluster.namespace("forward");
    }

    @Test
    void fromNothingToReady() {
        allow("api.stripe.com");
        isReady(1);

        List<HasMetadata> children = cluster.children(namespace);
        assertThat(children)
                .extracting(child -> child.getKind() + " " + child.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "ConfigMap egress-relay",
                        "ConfigMap egress-client",
                        "ServiceAccount egress-relay",
                        "NetworkPolicy egress-relay",
                        "Service egress",
                        "Deployment egress-relay",
                        "PodDisruptionBudget egress-relay");
        assertThat(children)
                .allSatisfy(child -> assertThat(child.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> {
                            assertThat(owner.getUid())
                                    .isEqualTo(proxy().getMetadata().getUid());
                            assertThat(owner.getController()).isTrue();
                            assertThat(owner.getBlockOwnerDeletion()).isTrue();
                        }));
        assertThat(status().replicas()).isEqualTo(2);
        assertThat(status().selector()).contains("app.kubernetes.io/instance=egress");
        assertThat(Objects.requireNonNull(status().relays()).programmed()).isEqualTo(2);
        assertThat(status().conditions())
                .extracting(c -> c.getType() + "=" + c.getStatus())
                .containsExactly("Accepted=True", "ResolvedRefs=True", "Programmed=True", "Ready=True");
        // Pods that start with a configuration need no nudge.
        assertThat(cluster.pods(namespace))
                .allSatisfy(pod -> assertThat(annotation(pod)).isNull());
        Until.passes(() -> assertThat(cluster.events(namespace, "Programmed"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getType()).isEqualTo("Normal");
                    assertThat(event.getCount()).isEqualTo(1);
                }));
    }

    @Test
    void editReachesTheSamePodsWithinSeconds() {
        allow("api.stripe.com");
        isReady(1);
        List<String> before = uids();
        cluster.nodes().overlook(namespace, 1);
        allow("api.stripe.com, example.org");
        isReady(2);

        String json = cluster.get(ConfigMap.class, namespace, "egress-relay")
                .getData()
                .get(RelayConfigCodec.FILE);
        assertThat(json).contains("example.org");
        assertThat(uids()).isEqualTo(before);
        // The nodes overlooked the first nudge, so it took another.
        String hash = RelayConfigCodec.hash(json.getBytes(StandardCharsets.UTF_8));
        assertThat(cluster.pods(namespace))
                .allSatisfy(pod ->
                        assertThat(annotation(pod)).startsWith(hash + "/").isNotEqualTo(hash + "/1"));
    }

    @Test
    void repeatedReconcilesChangeNothing() {
        allow("api.stripe.com");
        isReady(1);
        Until.passes(() -> {
            Map<String, String> before = versions();
            for (int i = 0; i < 5; i++) {
                reconcileAgain(i);
            }
            assertThat(versions()).isEqualTo(before);
        });
        // Nor does an operator that has just started and remembers nothing.
        Map<String, String> before = versions();
        assertThat(new Children(operator)
                        .apply(
                                proxy(),
                                Control.render(Control.plan(proxy(), settings), settings)
                                        .orElseThrow()
                                        .objects(),
                                cluster.children(namespace)))
                .isEmpty();
        assertThat(versions()).isEqualTo(before);
    }

    @Test
    void driftIsRepairedAndForeignFieldsStay() {
        allow("api.stripe.com");
        isReady(1);
        String config = cluster.get(ConfigMap.class, namespace, "egress-relay")
                .getData()
                .get(RelayConfigCodec.FILE);

        cluster.admin()
                .configMaps()
                .inNamespace(namespace)
                .withName("egress-relay")
                .edit(map -> {
                    map.getData().put(RelayConfigCodec.FILE, "{}");
                    map.getMetadata().setAnnotations(Map.of("mesh.example/a", "1"));
                    return map;
                });
        cluster.admin()
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("egress-relay")
                .edit(deployment -> {
                    deployment.getSpec().setReplicas(0);
                    deployment
                            .getSpec()
                            .getTemplate()
                            .getMetadata()
                            .getAnnotations()
                            .put("mesh.example/b", "1");
                    return deployment;
                });
        cluster.admin().services().inNamespace(namespace).withName("egress").delete();

        Until.passes(() -> {
            ConfigMap map = cluster.get(ConfigMap.class, namespace, "egress-relay");
            assertThat(map.getData()).containsEntry(RelayConfigCodec.FILE, config);
            assertThat(map.getMetadata().getAnnotations()).containsEntry("mesh.example/a", "1");
            Deployment deployment = cluster.get(Deployment.class, namespace, "egress-relay");
            assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
            assertThat(deployment.getSpec().getTemplate().getMetadata().getAnnotations())
                    .containsEntry("mesh.example/b", "1");
            cluster.get(Service.class, namespace, "egress");
        });
        isReady(1);
    }

    @Test
    void whatIsNoLongerWantedGoes() {
        allow("api.stripe.com");
        isReady(1);
        edit("{spec: {replicas: 1, infrastructure: {networkPolicy: None}}}");
        Until.passes(() -> assertThat(cluster.children(namespace))
                .extracting(HasMetadata::getKind)
                .doesNotContain("PodDisruptionBudget", "NetworkPolicy")
                .contains("Deployment"));
        isReady(2);
        assertThat(cluster.pods(namespace)).hasSize(1);
    }

    @Test
    void objectOfSomebodyElseIsLeftAlone() {
        Service foreign = cluster.admin()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("egress")
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withPort(1)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        allow("api.stripe.com");
        Until.passes(() -> assertThat(condition("Accepted"))
                .matches(c -> "False".equals(c.getStatus()))
                .matches(c -> "Conflicted".equals(c.getReason()))
                .extracting(Condition::getMessage)
                .asString()
                .contains("Service egress exists and does not belong to this proxy"));
        assertThat(cluster.get(Service.class, namespace, "egress")).isEqualTo(foreign);
        cluster.get(Deployment.class, namespace, "egress-relay");

        cluster.admin().resource(foreign).delete();
        isReady(1);
    }

    @Test
    void badEditLeavesWhatRuns() {
        allow("api.stripe.com");
        isReady(1);
        Map<String, String> before = versions();
        edit("{spec: {listeners: {mixed: {port: %d}}}}".formatted(settings.adminPort()));
        Until.passes(() -> {
            assertThat(condition("Accepted").getStatus()).isEqualTo("False");
            assertThat(condition("Accepted").getReason()).isEqualTo("PortUnavailable");
            assertThat(condition("Accepted").getMessage()).contains("spec.listeners.mixed.port");
            assertThat(condition("Ready").getStatus()).isEqualTo("False");
            assertThat(condition("Ready").getObservedGeneration()).isEqualTo(2);
        });
        Map<String, String> after = versions();
        after.remove("ForwardProxy egress");
        before.remove("ForwardProxy egress");
        assertThat(after).isEqualTo(before);
        edit("{spec: {listeners: {mixed: {port: 3129}}}}");
        isReady(3);
    }

    @Test
    void waitingPodsAreExplained() {
        cluster.nodes().fate(namespace, Nodes.Fate.IMAGE_PULL_FAILS);
        allow("api.stripe.com");
        Until.passes(() -> {
            assertThat(condition("Ready").getStatus()).isEqualTo("False");
            assertThat(condition("Ready").getMessage()).contains("ImagePullBackOff: Back-off pulling image");
            assertThat(condition("Stalled").getStatus()).isEqualTo("True");
            assertThat(condition("Programmed").getStatus()).isEqualTo("False");
        });
        String other = cluster.namespace("forward");
        cluster.nodes().fate(other, Nodes.Fate.UNSCHEDULABLE);
        namespace = other;
        allow("api.stripe.com");
        Until.passes(() -> assertThat(condition("Ready").getMessage())
                .contains("Unschedulable: 0/1 nodes are available: 1 Insufficient memory."));
    }

    @Test
    void childrenOfADeletedProxyAreNotMadeAgain() throws InterruptedException {
        allow("api.stripe.com");
        isReady(1);
        cluster.admin().resource(proxy()).delete();
        // As the garbage collector does, by the owner references.
        var removed = new CountDownLatch(1);
        try (var watch = cluster.admin()
                .configMaps()
                .inNamespace(namespace)
                .withName("egress-relay")
                .watch(new Deletions(removed))) {
            cluster.children(namespace)
                    .forEach(child -> cluster.admin().resource(child).delete());
            assertThat(removed.await(30, TimeUnit.SECONDS)).isTrue();
        }
        // A proxy that is made after it is a new one; by the time it is ready, the old one would have been seen too.
        String other = cluster.namespace("forward");
        String gone = namespace;
        namespace = other;
        allow("api.stripe.com");
        isReady(1);
        assertThat(cluster.children(gone)).isEmpty();
    }

    @Test
    void editDuringTheStatusWriteIsSeen() {
        var edited = new CountDownLatch(1);
        inFlight.before("PATCH", "/namespaces/" + namespace + "/forwardproxies/egress/status", () -> {
            edit("{spec: {allow: [late.example]}}");
            edited.countDown();
        });
        allow("api.stripe.com");
        isReady(2);
        assertThat(edited.getCount()).isZero();
        assertThat(cluster.get(ConfigMap.class, namespace, "egress-relay")
                        .getData()
                        .get(RelayConfigCodec.FILE))
                .contains("late.example");
    }

    private void allow(String hosts) {
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {allow: [%s]}
                """.formatted(hosts));
    }

    private void edit(String patch) {
        cluster.merge(ForwardProxy.class, namespace, "egress", patch);
    }

    private void isReady(long generation) {
        Until.passes(() -> {
            assertThat(condition("Ready").getStatus())
                    .as(() -> String.valueOf(condition("Ready").getMessage()))
                    .isEqualTo("True");
            assertThat(condition("Programmed").getStatus()).isEqualTo("True");
            assertThat(status().observedGeneration()).isEqualTo(generation);
        });
    }

    private Condition condition(String type) {
        return Cluster.condition(status().conditions(), type);
    }

    private ForwardProxy proxy() {
        return cluster.get(ForwardProxy.class, namespace, "egress");
    }

    private ForwardProxyStatus status() {
        ForwardProxyStatus status = proxy().getStatus();
        return status == null ? new ForwardProxyStatus(null, null, null, null, null, null, null) : status;
    }

    private List<String> uids() {
        return cluster.pods(namespace).stream()
                .map(pod -> pod.getMetadata().getUid())
                .sorted()
                .toList();
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        for (HasMetadata child : cluster.children(namespace)) {
            versions.put(
                    child.getKind() + " " + child.getMetadata().getName(),
                    child.getMetadata().getGeneration() + " at "
                            + child.getMetadata().getResourceVersion());
        }
        versions.put("ForwardProxy egress", proxy().getMetadata().getResourceVersion());
        return versions;
    }

    /** A change of a pod concerns its proxy, and nothing is to be done about it. */
    private void reconcileAgain(int number) {
        double before = reconciles();
        Pod pod = cluster.pods(namespace).getFirst();
        cluster.merge(
                Pod.class,
                namespace,
                pod.getMetadata().getName(),
                "{metadata: {annotations: {other.example/touch: \"" + number + "-" + System.nanoTime() + "\"}}}");
        Until.passes(() -> assertThat(reconciles()).isGreaterThan(before));
    }

    private double reconciles() {
        return meters.find("sallyport.reconcile").tag("controller", "forwardproxy").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static String annotation(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(Nudge.ANNOTATION);
    }

    private record Deletions(CountDownLatch seen) implements Watcher<ConfigMap> {
        @Override
        public void eventReceived(Action action, ConfigMap map) {
            if (action == Action.DELETED) {
                seen.countDown();
            }
        }

        @Override
        public void onClose(WatcherException cause) {}
    }
}
