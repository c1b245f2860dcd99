package dev.sallyport.operator;

import static dev.sallyport.operator.cluster.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.Until;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Cluster.class)
class ForwardProxyTest {
    private static final String EGRESS = """
            apiVersion: sallyport.dev/v1alpha1
            kind: ForwardProxy
            metadata: {name: egress}
            spec: {allow: [%s]}
            """;

    Cluster cluster;
    private String namespace;

    @BeforeEach
    void makeNamespace() {
        namespace = cluster.namespace("forward");
    }

    @Test
    void fromNothingToReady() {
        cluster.apply(namespace, EGRESS.formatted("api.stripe.com"));
        Until.passes(() -> assertThat(condition(status().conditions(), "Ready").getStatus())
                .isEqualTo("True"));

        assertThat(children())
                .extracting(child -> child.getKind() + " " + child.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "ConfigMap egress-relay",
                        "ConfigMap egress-client",
                        "ServiceAccount egress-relay",
                        "NetworkPolicy egress-relay",
                        "Service egress",
                        "Deployment egress-relay",
                        "PodDisruptionBudget egress-relay");
        assertThat(children())
                .allSatisfy(child -> assertThat(child.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> {
                            assertThat(owner.getUid())
                                    .isEqualTo(proxy().getMetadata().getUid());
                            assertThat(owner.getController()).isTrue();
                        }));
        assertThat(status().observedGeneration()).isEqualTo(1);
        assertThat(status().replicas()).isEqualTo(2);
        assertThat(status().selector()).contains("app.kubernetes.io/instance=egress");
        assertThat(Objects.requireNonNull(status().relays()).programmed()).isEqualTo(2);
        assertThat(status().conditions())
                .extracting(c -> c.getType() + "=" + c.getStatus())
                .containsExactly("Accepted=True", "ResolvedRefs=True", "Programmed=True", "Ready=True");
    }

    private ForwardProxy proxy() {
        return cluster.admin()
                .resources(ForwardProxy.class)
                .inNamespace(namespace)
                .withName("egress")
                .require();
    }

    private ForwardProxyStatus status() {
        ForwardProxyStatus status = proxy().getStatus();
        return status == null ? new ForwardProxyStatus(null, null, null, null, null, null) : status;
    }

    private List<? extends HasMetadata> children() {
        return Stream.of(
                        cluster.admin()
                                .configMaps()
                                .inNamespace(namespace)
                                .list()
                                .getItems(),
                        cluster.admin()
                                .serviceAccounts()
                                .inNamespace(namespace)
                                .list()
                                .getItems(),
                        cluster.admin().services().inNamespace(namespace).list().getItems(),
                        cluster.admin()
                                .apps()
                                .deployments()
                                .inNamespace(namespace)
                                .list()
                                .getItems(),
                        cluster.admin()
                                .network()
                                .v1()
                                .networkPolicies()
                                .inNamespace(namespace)
                                .list()
                                .getItems(),
                        cluster.admin()
                                .policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace(namespace)
                                .list()
                                .getItems())
                .<HasMetadata>flatMap(List::stream)
                .toList();
    }
}
