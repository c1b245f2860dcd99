package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Kubectl;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A request through all that there is: a caller with a relay for both roles, an address of the internet that is a ReverseProxy with
 * TLS, a backend with a relay for both roles, and its own call to the internet. Every relay is the same program.
 */
@ExtendWith(Suite.class)
@Order(5)
class ChainTest {
    private static final String OUT = "e2e-chain-out";
    private static final String IN = "e2e-chain-in";
    private static final String HOST = "shop.example.com";

    /** Of the internet's network; a cloud's load balancer would give one like it. */
    private static final String ADDRESS = "203.0.113.40";

    private static final String SPAN = "00f067aa0ba902b7";

    private final World world;

    ChainTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.internet();
        world.namespace(OUT, "sallyport.dev/inject: \"true\"");
        world.namespace(IN, "sallyport.dev/inject: \"true\"");
        world.certificate(IN, "shop-tls", "chain", HOST);
        forward(OUT, HOST);
        forward(IN, "www.example.com");
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: guard, namespace: %1$s}
                spec:
                  infrastructure: {deployment: None}
                  backendRefs: [{name: caller, port: 80}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: guard, namespace: %2$s}
                spec:
                  infrastructure: {deployment: None}
                  client: {clientAddress: {trustedCIDRs: [10.244.0.0/16]}}
                  rules:
                  - name: orders
                    matches: [{path: {type: PathPrefix, value: /orders}}, {path: {type: Exact, value: /call}}]
                    backendRefs: [{name: shop, port: 80}]
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: edge, namespace: %2$s}
                spec:
                  replicas: 1
                  infrastructure: {service: {type: LoadBalancer}}
                  hostnames: [%3$s]
                  tls: {certificateRefs: [{name: shop-tls}]}
                  rules:
                  - name: shop
                    matches:
                    - {path: {type: PathPrefix, value: /orders}}
                    - {path: {type: PathPrefix, value: /call}}
                    - {path: {type: PathPrefix, value: /admin}}
                    backendRefs: [{name: shop, port: 80}]
                """.formatted(OUT, IN, HOST)).output();
        application(OUT, "caller");
        application(IN, "shop");
        world.rolledOut(OUT, "caller");
        world.rolledOut(IN, "shop");
        world.ready(IN, "rp/edge");
        world.kubectl()
                .run(
                        "patch",
                        "service",
                        "edge-relay",
                        "-n",
                        IN,
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"" + ADDRESS + "\"}]}}}");
        world.cluster().name(HOST, ADDRESS);
        Until.holds(PATIENCE, () -> assertThat(call("/orders/0").status()).isEqualTo(200));
    }

    @AfterAll
    void end() {
        world.remove(OUT, IN);
    }

    @Test
    void aRequestIsOneTraceOverAllItsRelays() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

        Answer answer = call("/orders/1", traced(trace));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode forward = decision(OUT, "caller", "sallyport", trace, "forward");
        JsonNode edge = decision(IN, "edge-relay", "relay", trace, "reverse");
        JsonNode guard = decision(IN, "shop", "sallyport", trace, "reverse");
        assertThat(forward.path("method").asText()).isEqualTo("CONNECT");
        assertThat(forward.path("policy").asText()).isEqualTo(OUT + "/egress");
        assertThat(forward.path("parent").asText()).isEqualTo(SPAN);
        assertThat(edge.path("policy").asText()).isEqualTo(IN + "/edge");
        // The tunnel is opaque: what comes to the edge is of the caller's own span.
        assertThat(edge.path("parent").asText()).isEqualTo(SPAN);
        assertThat(guard.path("policy").asText()).isEqualTo(IN + "/guard");
        assertThat(guard.path("parent").asText()).isEqualTo(edge.path("span").asText());
        assertThat(answer.received("Traceparent"))
                .isEqualTo("00-" + trace + "-" + guard.path("span").asText() + "-01");
    }

    @Test
    void theClientsAddressIsTrueAtEachHop() {
        String trace = "5bf92f3577b34da6a3ce929d0e0e4736";
        String caller = podAddress(OUT, "caller");

        Answer answer = call("/orders/2", traced(trace));

        assertThat(decision(OUT, "caller", "sallyport", trace, "forward")
                        .path("client")
                        .asText())
                .isEqualTo("127.0.0.1");
        assertThat(decision(IN, "edge-relay", "relay", trace, "reverse")
                        .path("client")
                        .asText())
                .isEqualTo(caller);
        // Who connects to the guard is the edge, whose word it takes.
        String edge = world.kubectl()
                .run(
                        "get",
                        "pod",
                        "-n",
                        IN,
                        "-l",
                        "app.kubernetes.io/instance=edge",
                        "-o",
                        "jsonpath={.items[0].status.podIP}");
        assertThat(decision(IN, "shop", "sallyport", trace, "reverse")
                        .path("client")
                        .asText())
                .isEqualTo(edge);
        assertThat(answer.received("X-Forwarded-For")).isEqualTo(caller + ", " + edge);
        assertThat(answer.received("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(answer.received("X-Forwarded-Host")).isEqualTo(HOST);
    }

    @Test
    void theBackendsOwnCallLeavesByTheSameRelay() {
        String trace = "6bf92f3577b34da6a3ce929d0e0e4736";

        Answer answer = call("/call?url=http://www.example.com/", traced(trace));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode in = decision(IN, "shop", "sallyport", trace, "reverse");
        JsonNode out = decision(IN, "shop", "sallyport", trace, "forward");
        assertThat(out.path("policy").asText()).isEqualTo(IN + "/egress");
        assertThat(out.path("parent").asText()).isEqualTo(in.path("span").asText());
        assertThat(answer.received("Host")).isEqualTo("www.example.com");
        assertThat(answer.received("Traceparent"))
                .isEqualTo("00-" + trace + "-" + out.path("span").asText() + "-01");
        assertThat(answer.received("X-Forwarded-For") + answer.received("Forwarded") + answer.received("Via"))
                .isEmpty();
    }

    @Test
    void aDenialNamesItsHopAndRule() {
        denied(curl("https://elsewhere.example.com/"), 403, "forward " + OUT + "/egress");
        denied(call("/nowhere"), 404, "reverse " + IN + "/edge");
        denied(call("/admin"), 404, "reverse " + IN + "/guard");
        denied(call("/call?url=http://elsewhere.example.com/"), 403, "forward " + IN + "/egress");
    }

    @Test
    void theCallerIsGuardedByTheSameRelay() {
        Answer answer = Answer.of(world.kubectl()
                .attempt(
                        "exec",
                        "-n",
                        IN,
                        "deploy/shop",
                        "-c",
                        "app",
                        "--",
                        "curl",
                        "-si",
                        "http://caller." + OUT + ".svc.cluster.local/x"));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.received("X-Forwarded-For")).isEqualTo(podAddress(IN, "shop"));
    }

    private static void denied(Answer answer, int status, String hop) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.field("Proxy-Status"))
                .endsWith("; hop=\"" + hop + "\"")
                .contains("details=");
    }

    private static String[] traced(String trace) {
        String field = "traceparent: 00-" + trace + "-" + SPAN + "-01";
        return new String[] {"-H", field, "--proxy-header", field};
    }

    private Answer call(String path, String... more) {
        return curl("https://" + HOST + path, more);
    }

    /** By the variables that were injected, as any client. */
    private Answer curl(String url, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "exec",
                "-n",
                OUT,
                "deploy/caller",
                "-c",
                "app",
                "--",
                "curl",
                "-sSik",
                "--http1.1",
                "--max-time",
                "20"));
        command.addAll(List.of(more));
        command.add(url);
        return Answer.of(world.kubectl().attempt(command.toArray(String[]::new)));
    }

    private String podAddress(String namespace, String application) {
        return world.kubectl()
                .run(
                        "get",
                        "pod",
                        "-n",
                        namespace,
                        "-l",
                        "app=" + application,
                        "-o",
                        "jsonpath={.items[0].status.podIP}");
    }

    /** What a relay recorded of that trace in that role; a line is written when its request has ended. */
    private JsonNode decision(String namespace, String deployment, String container, String trace, String role) {
        List<JsonNode> found = new ArrayList<>();
        Until.holds(PATIENCE, () -> {
            found.clear();
            world.kubectl()
                    .run("logs", "-n", namespace, "deploy/" + deployment, "-c", container)
                    .lines()
                    .filter(line -> line.contains(trace))
                    .map(Kubectl::parse)
                    .filter(line -> line.path("role").asText().equals(role))
                    .forEach(found::add);
            assertThat(found).as(role + " of " + deployment).hasSize(1);
        });
        return found.getFirst();
    }

    private void forward(String namespace, String name) {
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %s}
                spec:
                  replicas: 1
                  rules: [{name: one, allow: {hosts: [%s]}}]
                  guards: {privateRanges: {except: ["%s"]}}
                """.formatted(namespace, name, Internet.NETWORK)).output();
    }

    private void application(String namespace, String name) {
        world.kubectl().apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata:
                      labels: {app: %1$s}
                      annotations: {sallyport.dev/egress: egress, sallyport.dev/ingress: guard}
                    spec:
                      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                      containers:
                      - name: app
                        image: localhost/sallyport-client:%3$s
                        command: [/echo, serve, --listen, "127.0.0.1:8080"]
                        ports: [{name: http, containerPort: 8080}, {name: sallyport-in, containerPort: 8081}]
                        resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
                        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  selector: {app: %1$s}
                  ports: [{name: http, port: 80, targetPort: sallyport-in}]
                """.formatted(name, namespace, world.tag())).output();
    }
}
