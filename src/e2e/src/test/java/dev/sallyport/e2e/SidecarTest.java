package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Relays;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Relays beside applications, put there by the webhook, in a namespace of <em>restricted</em> pods. */
@ExtendWith(Suite.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(5)
class SidecarTest {
    private static final String NAMESPACE = "e2e-sidecar";

    private final World world;
    private ClientPod app;

    SidecarTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.internet();
        world.namespace(NAMESPACE, "sallyport.dev/inject: \"true\"");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE, "example-sidecar");
    }

    @Test
    @Order(1)
    void aPodWaitsForItsProxyAndStarts() {
        app = client("app", "sidecar");
        Until.holds(
                PATIENCE,
                () -> assertThat(world.kubectl().run("get", "events", "-n", NAMESPACE, "-o", "wide"))
                        .contains("WaitingForProxy", "ForwardProxy " + NAMESPACE + "/egress, which does not exist"));
        allow("www.example.com");
        app.ready();
    }

    @Test
    @Order(2)
    void itsClientsReachWhatIsAllowedAndNothingElse() {
        Answer allowed = app.curl("http://www.example.com/");
        assertThat(allowed.status()).as(allowed.toString()).isEqualTo(200);
        Answer denied = app.curl("http://other.example.com/");
        assertThat(denied.status()).as(denied.toString()).isEqualTo(403);
        assertThat(denied.field("Proxy-Status")).contains("error=http_request_denied");
    }

    @Test
    @Order(3)
    void aChangeReachesTheRunningPod() {
        allow("www.example.com, secure.example.com:443");
        Until.holds(
                PATIENCE,
                () -> assertThat(app.curl("--cacert", "/ca/ca.pem", "https://secure.example.com/")
                                .status())
                        .isEqualTo(200));
        assertThat(world.kubectl()
                        .run(
                                "get",
                                "pod",
                                "-n",
                                NAMESPACE,
                                "app",
                                "-o",
                                "jsonpath={.status.initContainerStatuses[0].restartCount}"))
                .isEqualTo("0");
    }

    @Test
    @Order(3)
    void itWeighsLittle() {
        var relays = Relays.beside(world, NAMESPACE);
        // Ten seconds after its start it gives back what that took.
        double mebibytes = Until.holds(PATIENCE, () -> {
            double resident = relays.metric("app", "process_resident_memory_bytes") / 1048576;
            assertThat(resident).isBetween(10.0, 80.0);
            return resident;
        });
        world.measured()
                .tell(
                        "relay beside an application, resident memory",
                        String.format(Locale.ROOT, "%.1f MiB", mebibytes));
    }

    @Test
    @Order(4)
    void aJobReachesItFromTheStartAndCompletes() {
        world.kubectl().apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: nightly, namespace: %1$s}
                spec:
                  backoffLimit: 0
                  template:
                    metadata: {annotations: {sallyport.dev/egress: egress}}
                    spec:
                      restartPolicy: Never
                      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                      initContainers:
                      - name: fetch
                        image: localhost/sallyport-client:%2$s
                        command: [curl, -sSf, --max-time, "20", "http://www.example.com/"]
                        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                      containers:
                      - name: work
                        image: localhost/sallyport-client:%2$s
                        command: [curl, -sSf, --max-time, "20", "http://www.example.com/"]
                        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                """.formatted(NAMESPACE, world.tag())).output();
        world.kubectl().await(PATIENCE, "condition=Complete", NAMESPACE, "job/nightly");
    }

    @Test
    @Order(5)
    void centralPodsUseTheProxysOwnRelays() {
        world.ready(NAMESPACE, "fp/egress");
        ClientPod central = client("central", "central");
        central.ready();
        assertThat(central.curl("http://www.example.com/").status()).isEqualTo(200);
        assertThat(world.kubectl().run("get", "pod", "-n", NAMESPACE, "central", "-o", "jsonpath={.spec}"))
                .doesNotContain("15728");
    }

    @Test
    @Order(6)
    void example10HasARelayThatDenies() {
        world.kubectl().run("apply", "-f", world.path("deploy/examples/10-sidecar"));
        world.rolledOut("example-sidecar", "shop");
        String answer = world.kubectl()
                .run(
                        "exec",
                        "-n",
                        "example-sidecar",
                        "deploy/shop",
                        "--",
                        "curl",
                        "-si",
                        "http://elsewhere.example.com/");
        assertThat(answer).contains("403", "error=http_request_denied");
    }

    @Test
    @Order(7)
    void withoutTheOperatorWhoAsksIsRefusedAndNobodyElse() {
        String plain = "e2e-sidecar-plain";
        world.namespace(plain);
        operators(0);
        try {
            Run refused = world.kubectl()
                    .attempt("run", "late", "-n", NAMESPACE, "--image=localhost/sallyport-client:" + world.tag());
            assertThat(refused.succeeded()).as(refused.toString()).isFalse();
            assertThat(refused.err()).contains("failed calling webhook \"namespaces.inject.sallyport.dev\"");
            ClientPod other = world.client(plain, "other");
            assertThat(other.curl("http://www.example.com/").status()).isEqualTo(200);
            assertThat(app.curl("http://www.example.com/").status()).isEqualTo(200);
            assertThat(app.curl("http://other.example.com/").status()).isEqualTo(403);
        } finally {
            operators(2);
            world.remove(plain);
        }
    }

    private void operators(int replicas) {
        world.kubectl()
                .run("scale", "-n", "sallyport-system", "deployment/sallyport-operator", "--replicas=" + replicas);
        if (replicas == 0) {
            world.kubectl()
                    .run(
                            "wait",
                            "-n",
                            "sallyport-system",
                            "--for=delete",
                            "pod",
                            "-l",
                            "app.kubernetes.io/name=sallyport-operator",
                            "--timeout=120s");
        } else {
            world.rolledOut("sallyport-system", "sallyport-operator");
        }
    }

    private ClientPod client(String name, String relay) {
        return world.annotatedClient(NAMESPACE, name, "sallyport.dev/egress: egress, sallyport.dev/relay: " + relay);
    }

    private void allow(String names) {
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %s}
                spec:
                  replicas: 1
                  allow: [%s]
                  guards: {privateRanges: {except: ["%s"]}}
                """.formatted(NAMESPACE, names, Internet.NETWORK)).output();
    }
}
