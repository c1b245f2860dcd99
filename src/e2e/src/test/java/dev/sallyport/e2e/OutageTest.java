package dev.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Load;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What decides about traffic is in the relays: neither the operator nor the API server is needed for it. */
@ExtendWith(Suite.class)
@Order(7)
class OutageTest {
    private static final String NAMESPACE = "e2e-outage";
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration OUTAGE = Duration.ofMinutes(1);

    private final World world;

    OutageTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.internet();
        world.namespace(NAMESPACE);
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: %1$s}
                spec:
                  backendRefs: [{name: shop, port: 80}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %1$s}
                spec:
                  replicas: 1
                  allow: [www.example.com]
                  guards: {privateRanges: {except: ["%2$s"]}}
                """.formatted(NAMESPACE, Internet.NETWORK)).output();
        world.backend(NAMESPACE, "shop", 2);
        world.ready(NAMESPACE, "rp/web");
        world.ready(NAMESPACE, "fp/egress");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    private Load reverse(String name, String... more) {
        return load(name, more, "--url", "http://web-relay/");
    }

    private Load forward(String name, String... more) {
        return load(name, more, "--url", "http://www.example.com/", "--proxy", "egress:3128");
    }

    private Load load(String name, String[] more, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return world.load(NAMESPACE, name, all);
    }

    private void scaleOperator(int replicas) {
        world.kubectl().run("scale", "-n", World.SYSTEM, "deployment/sallyport-operator", "--replicas=" + replicas);
    }

    /** Relays start, serve and are replaced without the operator, on the configuration that is in the ConfigMap. */
    @Test
    @Order(1)
    void withoutTheOperatorTrafficGoesOnAndARelayComesBack() {
        int operators = world.kubectl()
                .get("deployment", "-n", World.SYSTEM, "sallyport-operator")
                .at("/spec/replicas")
                .asInt();
        Load reverse = reverse("reverse-1");
        Load forward = forward("forward-1", "--stay");
        var relays = new Relays(world, NAMESPACE, "web");
        try {
            scaleOperator(0);
            world.kubectl()
                    .await(LONG, "delete", World.SYSTEM, "pod", "-l", "app.kubernetes.io/name=sallyport-operator");
            var before = relays.names();
            world.kubectl().run("delete", "pod", "-n", NAMESPACE, before.getFirst(), "--wait=true");
            world.rolledOut(NAMESPACE, "web-relay");
            String fresh = Until.holds(
                    LONG,
                    () -> relays.names().stream()
                            .filter(name -> !before.contains(name))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("no new relay in " + relays.names())));
            assertThat(relays.config(fresh)).isEqualTo(relays.config(before.getLast()));
            // The backend moves, and relays follow by themselves.
            world.kubectl().run("rollout", "restart", "-n", NAMESPACE, "deployment/shop");
            world.rolledOut(NAMESPACE, "shop");
            reverse.goOn(100);
            forward.goOn(100);
        } finally {
            scaleOperator(operators);
        }
        world.rolledOut(World.SYSTEM, "sallyport-operator");
        world.ready(NAMESPACE, "rp/web");

        Load.Report report = reverse.end();
        assertThat(report.failures()).isEmpty();
        assertThat(report.failed()).as(report.toString()).isZero();
        assertThat(forward.end().failures()).isEmpty();

        // What was edited meanwhile, or now, is taken up.
        world.kubectl().run("scale", "-n", NAMESPACE, "fp/egress", "--replicas=2");
        world.kubectl().await(LONG, "jsonpath={.status.relays.programmed}=2", NAMESPACE, "fp/egress");
    }

    /** Relays that run are not harmed. What restarts meanwhile is the kubelet's matter and not claimed here. */
    @Test
    @Order(2)
    void aMinuteWithoutTheApiServerHarmsNoTraffic() {
        Load reverse = reverse("reverse-2", "--stay");
        Load forward = forward("forward-2", "--stay");
        var relays = new Relays(world, NAMESPACE, "web");
        int restarts = relays.restarts();
        int before = reverse.report().requests();
        long start = System.nanoTime();
        world.cluster().stop("kube-apiserver");
        try {
            assertThat(world.kubectl()
                            .attempt("get", "--raw", "/readyz", "--request-timeout=2s")
                            .succeeded())
                    .isFalse();
            // The length of the outage is what the test is about; there is nobody to ask for a condition.
            while (System.nanoTime() - start < OUTAGE.toNanos()) {
                LockSupport.parkNanos(OUTAGE.toNanos() - (System.nanoTime() - start));
            }
        } finally {
            world.cluster().start("kube-apiserver");
        }
        Until.holds(LONG, () -> {
            assertThat(world.kubectl().attempt("get", "--raw", "/readyz").succeeded())
                    .isTrue();
        });
        reverse.goOn(100);
        forward.goOn(100);
        assertThat(reverse.report().requests() - before)
                .as("requests during the outage")
                .isGreaterThan(300);
        assertThat(relays.restarts()).isEqualTo(restarts);

        // Then endpoints are followed again, and edits are served.
        world.kubectl().run("rollout", "restart", "-n", NAMESPACE, "deployment/shop");
        world.rolledOut(NAMESPACE, "shop");
        reverse.goOn(100);
        assertThat(reverse.end().failures()).isEmpty();
        assertThat(forward.end().failures()).isEmpty();
        world.kubectl().run("scale", "-n", NAMESPACE, "fp/egress", "--replicas=1");
        world.kubectl().await(LONG, "jsonpath={.status.relays.programmed}=1", NAMESPACE, "fp/egress");
    }
}
