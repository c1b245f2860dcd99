package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Load;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods are replaced under load, and no request fails. */
@ExtendWith(Suite.class)
@Order(4)
class RolloutTest {
    private static final String NAMESPACE = "e2e-rollout";

    private final World world;

    RolloutTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.namespace(NAMESPACE);
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: web, namespace: %s}
                spec:
                  backendRefs: [{name: shop, port: 80}]
                """.formatted(NAMESPACE)).output();
        world.backend(NAMESPACE, "shop", 2);
        world.ready(NAMESPACE, "rp/web");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    /** Backends serve for some seconds after they were told to end; the relays leave them within that time, by themselves. */
    @Test
    void aRolloutOfTheBackendLosesNoRequest() {
        Load load = world.load(NAMESPACE, "load", "--url", "http://web-relay/", "--rate", "100", "--stay");
        world.kubectl().run("rollout", "restart", "-n", NAMESPACE, "deployment/shop");
        world.rolledOut(NAMESPACE, "shop");
        load.goOn(200);
        Load.Report report = load.end();

        world.measured().tell("requests while the backend rolled", told(report));
        assertThat(report.failures()).isEmpty();
        assertThat(report.failed()).isZero();
        assertThat(report.resent()).isZero();
        assertThat(report.servers()).as("old and new pods answered: " + report).isGreaterThanOrEqualTo(3);
        assertThat(report.connections())
                .as("the clients' own connections stayed: " + report)
                .isEqualTo(4);
    }

    /**
     * A relay that ends goes on for its delay, in which new connections go to the others, and announces the end of those that it has by
     * {@code Connection: close}. Clients that heed it (RFC 9112, section 9.6) and are not idle all the time need to send nothing twice.
     */
    @Test
    void aRolloutOfTheRelaysLosesNoRequest() {
        Load load = world.load(NAMESPACE, "clients", "--url", "http://web-relay/", "--rate", "100");
        world.kubectl().run("rollout", "restart", "-n", NAMESPACE, "deployment/web-relay");
        world.rolledOut(NAMESPACE, "web-relay");
        world.kubectl().await(PATIENCE, "jsonpath={.status.terminatingReplicas}=0", NAMESPACE, "deployment/web-relay");
        load.goOn(200);
        Load.Report report = load.end();

        world.measured().tell("requests while the relays rolled", told(report));
        assertThat(report.failures()).isEmpty();
        assertThat(report.failed()).isZero();
        assertThat(report.announced())
                .as("connections were handed over: " + report)
                .isGreaterThanOrEqualTo(4);
        assertThat(report.resent()).as(report.toString()).isZero();
    }

    private static String told(Load.Report report) {
        return report.requests() + " answered, " + report.failed() + " failed, " + report.resent() + " sent again, "
                + report.connections() + " connections, slowest " + report.slowestMillis() + " ms";
    }
}
