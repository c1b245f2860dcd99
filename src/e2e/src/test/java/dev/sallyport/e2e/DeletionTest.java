package dev.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who deletes a proxy, a namespace or the installation has deleted all of it. */
@ExtendWith(Suite.class)
@Order(9)
class DeletionTest {
    private static final String NAMESPACE = "e2e-deletion";
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String KINDS =
            "deployments,replicasets,pods,services,endpointslices,configmaps,serviceaccounts,networkpolicies,poddisruptionbudgets,roles,rolebindings";

    private final World world;

    DeletionTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.backend(NAMESPACE, "shop", 1);
    }

    private List<String> objects() {
        return world.kubectl()
                .run("get", KINDS, "-n", NAMESPACE, "-o", "name")
                .lines()
                .sorted()
                .toList();
    }

    @Test
    @Order(1)
    void aProxyLeavesNothingBehind() {
        List<String> before = objects();
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %1$s}
                spec: {allow: [example.com]}
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: %1$s}
                spec: {backendRefs: [{name: shop, port: 80}]}
                """.formatted(NAMESPACE)).output();
        world.ready(NAMESPACE, "fp/egress");
        world.ready(NAMESPACE, "rp/web");
        assertThat(objects()).hasSizeGreaterThan(before.size() + 15);

        world.kubectl().run("delete", "fp,rp", "--all", "-n", NAMESPACE);
        Until.holds(LONG, () -> {
            assertThat(objects()).isEqualTo(before);
        });
    }

    @Test
    @Order(2)
    void aNamespaceGoesWithItsProxies() {
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: %1$s}
                spec: {replicas: 1, backendRefs: [{name: shop, port: 80}]}
                """.formatted(NAMESPACE)).output();
        world.kubectl().await(LONG, "condition=Accepted", NAMESPACE, "rp/web");

        world.kubectl().run("delete", "namespace", NAMESPACE, "--wait=false");
        world.kubectl().await(LONG, "delete", "default", "namespace/" + NAMESPACE);
    }

    @Test
    @Order(3)
    void allNamespacesOfTheScenariosGo() {
        Until.holds(LONG, () -> {
            assertThat(world.kubectl().run("get", "namespaces", "-o", "name").lines())
                    .noneMatch(name -> name.startsWith("namespace/e2e-") || name.startsWith("namespace/example-"));
        });
    }
}
