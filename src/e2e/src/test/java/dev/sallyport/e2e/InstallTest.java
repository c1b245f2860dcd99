package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator as it is shipped, and the examples as their READMEs tell. */
@ExtendWith(Suite.class)
@Order(1)
class InstallTest {
    private static final String OPERATOR = "--as=system:serviceaccount:sallyport-system:sallyport-operator";

    private final World world;

    InstallTest(World world) {
        this.world = world;
    }

    @AfterAll
    void end() {
        world.remove(
                "example-cache",
                "example-egress",
                "example-rules",
                "example-central",
                "example-shop",
                "example-routing");
    }

    @Test
    @Order(1)
    void theOperatorRunsInARestrictedNamespace() {
        var namespace = world.kubectl().get("namespace", World.SYSTEM);
        assertThat(namespace
                        .at("/metadata/labels/pod-security.kubernetes.io~1enforce")
                        .asText())
                .isEqualTo("restricted");
        var deployment = world.kubectl().get("deployment", "-n", World.SYSTEM, "sallyport-operator");
        assertThat(deployment.at("/status/readyReplicas").asInt())
                .isEqualTo(deployment.at("/spec/replicas").asInt());
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource({
        "update secrets",
        "deletecollection secrets",
        "create pods",
        "update deployments.apps",
        "patch forwardproxies.sallyport.dev",
        "escalate roles"
    })
    void theOperatorMayDoNoMoreThanItNeeds(String action) {
        var answer =
                world.kubectl().attempt("auth", "can-i", action.split(" ")[0], action.split(" ")[1], "-A", OPERATOR);
        assertThat(answer.out().strip()).isEqualTo("no");
    }

    /** Where the cache did not fit the files of the image as the kubelet unpacks them, the relay would not start. */
    @Test
    @Order(2)
    void theRelaysImageStartsWithItsCacheOfClasses() {
        String image = world
                .kubectl()
                .get("deployment", "-n", World.SYSTEM, "sallyport-operator")
                .at("/spec/template/spec/containers/0/env")
                .findParents("name")
                .stream()
                .filter(variable -> variable.path("name").asText().equals("SALLYPORT_RELAY_IMAGE"))
                .map(variable -> variable.path("value").asText())
                .collect(Collectors.joining());
        world.namespace("example-cache");
        assertThat(world.kubectl().apply("""
                                apiVersion: v1
                                kind: Pod
                                metadata: {name: relay, namespace: example-cache}
                                spec:
                                  restartPolicy: Never
                                  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                                  containers:
                                  - name: relay
                                    image: %s
                                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                                    imagePullPolicy: IfNotPresent
                                    command: [/opt/java/bin/java, -XX:AOTMode=on, "@/opt/sallyport/java.args"]
                                    args: [--config, /nothing]
                                """.formatted(image)).succeeded()).isTrue();
        Until.holds(
                PATIENCE,
                () -> assertThat(world.kubectl()
                                .attempt("logs", "-n", "example-cache", "relay")
                                .out())
                        .contains("\"event\":\"started\""));
    }

    @Test
    @Order(3)
    void theExamplesAreServed() {
        for (String example : List.of("01-forward-proxy", "02-forward-rules", "03-reverse-proxy", "04-routing")) {
            apply(example);
        }
        world.ready("example-egress", "fp/egress");
        world.ready("example-rules", "fp/egress");
        world.ready("example-shop", "rp/web");
        world.kubectl().await(PATIENCE, "condition=Programmed", "example-routing", "rp/routes");
        world.kubectl().await(PATIENCE, "condition=ResolvedRefs=False", "example-routing", "rp/routes");
    }

    private void apply(String example) {
        world.kubectl().run("apply", "-f", world.path("deploy/examples/" + example));
    }

    @Test
    @Order(4)
    void example01AllowsTwoNamesAndNothingElse() {
        world.internet();
        world.cluster().name("api.example.com", Internet.WEB);
        ClientPod client = world.client("example-egress", "client", "egress-client");

        // An address of the test's internet is none of the public one, so what is allowed meets the guard next.
        assertThat(client.curl("http://api.example.com/").field("Proxy-Status"))
                .contains("error=destination_ip_prohibited");
        Answer other = client.curl("http://www.example.com/");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.field("Proxy-Status")).contains("error=http_request_denied");
        world.kubectl().run("get", "networkpolicy", "-n", "example-egress", "egress-relay");
    }

    @Test
    @Order(5)
    void example02DecidesAsItsTableSays() {
        world.internet();
        for (String name : List.of("mirror.example.org", "upload.partner.example", "old.partner.example")) {
            world.cluster().name(name, Internet.WEB);
        }
        world.namespace("example-central", "egress: central");
        ClientPod client = world.client("example-central", "client");
        String proxy = "http://egress.example-rules:3128";

        // What is allowed meets the guard next, as in the first example.
        Answer read = client.curl("-x", proxy, "http://mirror.example.org/");
        assertThat(read.field("Proxy-Status")).as(read.toString()).contains("error=destination_ip_prohibited");
        Answer written = client.curl("-x", proxy, "-X", "POST", "http://mirror.example.org/");
        assertThat(written.field("Proxy-Status")).as(written.toString()).contains("error=http_request_denied");
        Answer upload = client.curl("-x", proxy, "https://upload.partner.example/");
        assertThat(upload.field("Proxy-Status"))
                .as(upload.toString())
                .contains("error=http_request_denied", "no-uploads");
        Answer reported = client.curl("-x", proxy, "https://old.partner.example/");
        assertThat(reported.field("Proxy-Status")).as(reported.toString()).contains("error=destination_ip_prohibited");
    }

    @Test
    @Order(6)
    void example03AnswersWithWhatThePodsAnswer() {
        ClientPod client = world.client("example-shop", "client");
        Answer answer = client.curl("-H", "Host: any.host", "http://web-relay/hello");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.server()).startsWith("shop-");
        assertThat(answer.received("Host")).isEqualTo("any.host");
    }

    @Test
    @Order(7)
    void example04RoutesAsItsTableSays() {
        ClientPod client = world.client("example-routing", "client");

        assertThat(ask(client, "/orders/7", "-H", "X-Canary: yes").server()).startsWith("api-v2");
        assertThat(ask(client, "/health").server()).startsWith("api-v1");
        assertThat(ask(client, "/health", "-X", "POST").status()).isEqualTo(404);
        assertThat(ask(client, "/reports/1").status()).isEqualTo(500);
        assertThat(ask(client, "/").status()).isEqualTo(404);
        assertThat(client.curl("-H", "Host: elsewhere.example", "http://routes-relay:8080/health")
                        .status())
                .isEqualTo(404);

        Map<String, Long> served = servers(client, 200);
        assertThat(served.keySet()).containsExactlyInAnyOrder("api-v1", "api-v2");
        assertThat(served.get("api-v2")).as("one in ten of 200").isBetween(1L, 60L);

        var rules = world.kubectl().get("rp", "-n", "example-routing", "routes").at("/status/rules/listed");
        assertThat(rules.path(0).path("name").asText()).isEqualTo("reports");
        assertThat(rules.path(0).toString()).contains("BackendNotFound");
    }

    @Test
    @Order(8)
    void theOperatorWasRefusedNothing() {
        String log = world.kubectl()
                .run("logs", "-n", World.SYSTEM, "-l", "app.kubernetes.io/name=sallyport-operator", "--tail=-1");
        assertThat(log).contains("started in").doesNotContain("forbidden");
    }

    private static Answer ask(ClientPod client, String path, String... more) {
        var arguments = new ArrayList<>(List.of("-H", "Host: api.example.com"));
        arguments.addAll(List.of(more));
        arguments.add("http://routes-relay:8080" + path);
        return client.curl(arguments.toArray(String[]::new));
    }

    /** Which Deployment answered how often. */
    private static Map<String, Long> servers(ClientPod client, int requests) {
        var answer = client.curl("-H", "Host: api.example.com", "http://routes-relay:8080/orders/[1-" + requests + "]");
        // curl prints all answers, one after the other.
        return (String.join("\n", answer.head()) + "\n" + answer.body())
                .lines()
                .filter(line -> line.startsWith("X-Echo-Pod: "))
                .map(line -> line.substring("X-Echo-Pod: ".length(), "X-Echo-Pod: api-v1".length()))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }
}
