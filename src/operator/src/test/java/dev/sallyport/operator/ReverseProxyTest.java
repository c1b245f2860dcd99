package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.ReverseProxyStatus;
import dev.sallyport.api.v1alpha1.reverse.RuleStatus;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class ReverseProxyTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s}
            spec: {selector: {app: %1$s}, ports: [{name: web, port: 8080}]}
            """;
    private static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
            addressType: IPv4
            ports: [{name: web, port: 8080, protocol: TCP}]
            endpoints:
            - {addresses: [10.1.0.1], conditions: {ready: true}}
            - {addresses: [10.1.0.2], conditions: {ready: %2$s}}
            """;

    Cluster cluster;
    private String namespace;

    @BeforeEach
    void makeNamespace() {
        namespace = cluster.namespace("reverse");
    }

    @Test
    void fromNothingToReady() {
        cluster.apply(namespace, SERVICE.formatted("shop"));
        cluster.apply(namespace, SLICE.formatted("shop", true));
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: shop}
                spec: {backendRefs: [{name: shop, port: 8080}]}
                """);
        Until.passes(() -> assertThat(condition("Ready").getStatus()).isEqualTo("True"));

        assertThat(cluster.children(namespace))
                .extracting(child -> child.getKind() + " " + child.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "ConfigMap shop-relay",
                        "ServiceAccount shop-relay",
                        "Role shop-relay",
                        "RoleBinding shop-relay",
                        "NetworkPolicy shop-relay",
                        "Service shop-relay",
                        "Deployment shop-relay",
                        "PodDisruptionBudget shop-relay");
        assertThat(cluster.get(Role.class, namespace, "shop-relay").getRules())
                .singleElement()
                .extracting(PolicyRule::getResources, PolicyRule::getVerbs)
                .containsExactly(List.of("endpointslices"), List.of("get", "list", "watch"));
        assertThat(rule("backendRefs").endpoints()).isEqualTo("2/2");
        assertThat(status().addresses())
                .singleElement()
                .satisfies(address ->
                        assertThat(address.value()).isEqualTo("shop-relay." + namespace + ".svc.cluster.local"));
    }

    @Test
    void endpointsAreCountedAsTheyComeAndGo() {
        fromNothingToReady();
        String configuration = configuration();
        cluster.apply(namespace, SLICE.formatted("shop", false));
        Until.passes(() -> assertThat(rule("backendRefs").endpoints()).isEqualTo("1/2"));
        cluster.apply(namespace, SLICE.formatted("shop", true));
        Until.passes(() -> assertThat(rule("backendRefs").endpoints()).isEqualTo("2/2"));
        // Relays watch endpoints themselves.
        assertThat(configuration()).isEqualTo(configuration);
    }

    @Test
    void missingServiceIsNamedAndTheOthersAreServed() {
        cluster.apply(namespace, SERVICE.formatted("api"));
        cluster.apply(namespace, SLICE.formatted("api", true));
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: shop}
                spec:
                  rules:
                  - name: api
                    matches: [{path: {type: PathPrefix, value: /api}}]
                    backendRefs: [{name: api, port: 8080}]
                  - name: static
                    backendRefs: [{name: assets, port: 8080}]
                """);
        Until.passes(() -> {
            assertThat(condition("ResolvedRefs").getStatus()).isEqualTo("False");
            assertThat(condition("ResolvedRefs").getReason()).isEqualTo("BackendNotFound");
            assertThat(condition("ResolvedRefs").getMessage())
                    .contains("spec.rules[1].backendRefs[0].name")
                    .contains("there is no Service assets in namespace " + namespace);
            assertThat(condition("Accepted").getStatus()).isEqualTo("True");
            assertThat(condition("Programmed").getStatus()).isEqualTo("True");
            assertThat(condition("Ready").getStatus()).isEqualTo("False");
        });
        assertThat(Cluster.condition(rule("static").conditions(), "ResolvedRefs")
                        .getStatus())
                .isEqualTo("False");
        assertThat(Cluster.condition(rule("api").conditions(), "ResolvedRefs").getStatus())
                .isEqualTo("True");
        Until.passes(() -> assertThat(cluster.events(namespace, "BackendNotFound"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getType()).isEqualTo("Warning");
                    assertThat(event.getCount()).isEqualTo(1);
                    assertThat(event.getInvolvedObject().getKind()).isEqualTo("ReverseProxy");
                    assertThat(event.getMessage()).contains("there is no Service assets");
                }));

        // The Service comes: nobody touches the proxy, and it is served.
        cluster.apply(namespace, SERVICE.formatted("assets"));
        Until.passes(() -> {
            assertThat(condition("ResolvedRefs").getStatus()).isEqualTo("True");
            assertThat(condition("Programmed").getStatus()).isEqualTo("True");
            assertThat(condition("Ready").getStatus()).isEqualTo("True");
        });
        assertThat(configuration()).contains(namespace + "/assets:8080");

        // It goes again: the Event of the first time counts on.
        cluster.admin()
                .resource(cluster.get(Service.class, namespace, "assets"))
                .delete();
        Until.passes(() -> assertThat(cluster.events(namespace, "BackendNotFound"))
                .singleElement()
                .satisfies(event -> assertThat(event.getCount()).isEqualTo(2)));
    }

    @Test
    void proxiesOfOneServiceDoNotConcernOthers() {
        fromNothingToReady();
        String version = proxy().getMetadata().getResourceVersion();
        List<String> children = versions();
        String other = cluster.namespace("reverse");
        cluster.apply(other, SERVICE.formatted("shop"));
        cluster.apply(other, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: shop}
                spec: {backendRefs: [{name: nothing, port: 1}]}
                """);
        String first = namespace;
        namespace = other;
        Until.passes(() -> assertThat(condition("ResolvedRefs").getStatus()).isEqualTo("False"));
        namespace = first;
        assertThat(proxy().getMetadata().getResourceVersion()).isEqualTo(version);
        assertThat(versions()).isEqualTo(children);
    }

    private List<String> versions() {
        return cluster.children(namespace).stream()
                .filter(child -> !child.getKind().equals("Deployment"))
                .map(HasMetadata::getMetadata)
                .map(metadata -> metadata.getName() + " " + metadata.getResourceVersion())
                .toList();
    }

    private String configuration() {
        return cluster.get(ConfigMap.class, namespace, "shop-relay").getData().get(RelayConfigCodec.FILE);
    }

    private Condition condition(String type) {
        return Cluster.condition(status().conditions(), type);
    }

    private RuleStatus rule(String name) {
        return Objects.requireNonNull(Objects.requireNonNull(status().rules()).listed()).stream()
                .filter(rule -> name.equals(rule.name()))
                .findFirst()
                .orElseThrow();
    }

    private ReverseProxy proxy() {
        return cluster.get(ReverseProxy.class, namespace, "shop");
    }

    private ReverseProxyStatus status() {
        ReverseProxyStatus status = proxy().getStatus();
        return status == null ? new ReverseProxyStatus(null, null, null, null, null, null, null, null) : status;
    }
}
