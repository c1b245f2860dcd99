package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Curl in a pod reaches servers outside through a ForwardProxy, or is told why it does not. */
@ExtendWith(Suite.class)
@Order(2)
class ForwardTest {
    private static final String NAMESPACE = "e2e-forward";
    private static final String STRANGERS = "e2e-strangers";
    private static final String PROXY = "http://egress." + NAMESPACE + ":3128";

    private final World world;
    private ClientPod client;

    ForwardTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.internet();
        world.namespace(NAMESPACE);
        world.namespace(STRANGERS);
        world.kubectl().apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %s}
                spec:
                  allow:
                  - www.example.com
                  - secure.example.com:443
                  rules:
                  - name: targets
                    allow: {hosts: [private.example.com, metadata.example.com, pod.example.com, missing.example.com, admin.example.com]}
                  - name: no-admin
                    deny: {hosts: [admin.example.com]}
                  guards:
                    privateRanges: {except: ["%s"]}
                """.formatted(NAMESPACE, Internet.NETWORK)).output();
        long start = System.nanoTime();
        client = world.client(NAMESPACE, "client");
        Until.holds(PATIENCE, () -> {
            Answer answer = through("http://www.example.com/");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        });
        world.measured()
                .tell(
                        "from the apply of a ForwardProxy to the first answer",
                        Duration.ofNanos(System.nanoTime() - start));
        world.ready(NAMESPACE, "fp/egress");
        world.cluster().name("private.example.com", "10.1.2.3");
        world.cluster().name("metadata.example.com", "169.254.169.254");
        world.cluster().name("pod.example.com", client.address());
        world.cluster().name("admin.example.com", Internet.WEB);
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE, STRANGERS);
    }

    private Answer through(String... arguments) {
        return through(client, arguments);
    }

    private static Answer through(ClientPod client, String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "-x";
        all[1] = PROXY;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return client.curl(all);
    }

    @Test
    @Order(1)
    void whatARuleAllowsIsReachedAndTheClientHidden() {
        Answer answer = through("-d", "hello", "http://www.example.com/path?query");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("POST /path?query HTTP/1.1\nHost: www.example.com\n")
                .endsWith("\n\nhello");
        assertThat(answer.field("X-Echo-Client")).isNotEqualTo(client.address());
        assertThat(answer.body()).doesNotContain(client.address());
        assertThat(answer.received("Via") + answer.received("X-Forwarded-For") + answer.received("Forwarded"))
                .isEmpty();
        assertThat(answer.received("Proxy-Connection")).isEmpty();
    }

    @Test
    @Order(2)
    void whatARuleDeniesIsRefusedByItsName() {
        Answer answer = through("http://admin.example.com/");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).contains("error=http_request_denied", "no-admin");
        assertThat(answer.body()).contains("no-admin");
    }

    @Test
    @Order(3)
    void whatNoRuleAllowsIsDenied() {
        Answer answer = through("http://" + Internet.WEB + "/");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).contains("error=http_request_denied");
    }

    @ParameterizedTest
    @Order(4)
    @CsvSource({"private", "metadata", "pod"})
    void aNameOfAGuardedAddressIsRefused(String name) {
        Answer answer = through("http://" + name + ".example.com/");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).contains("error=destination_ip_prohibited");
    }

    @Test
    @Order(5)
    void aNameThatDoesNotResolveIsABadGateway() {
        Answer answer = through("http://missing.example.com/");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(502);
        assertThat(answer.field("Proxy-Status")).contains("error=dns_error");
    }

    @Test
    @Order(6)
    void tlsGoesEndToEndThroughATunnel() {
        Answer answer = through("--cacert", "/ca/ca.pem", "https://secure.example.com/");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.received("Host")).isEqualTo("secure.example.com");
    }

    @Test
    @Order(7)
    void aTunnelThatNoRuleAllowsIsRefused() {
        Answer answer = through("https://tunnel.example.net/");

        assertThat(answer.exit()).isEqualTo(56);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).contains("error=http_request_denied");
    }

    @Test
    @Order(8)
    void theClientConfigMapIsAllThatClientsNeed() {
        ClientPod configured = world.client(NAMESPACE, "configured", "egress-client");

        Answer plain = configured.curl("http://www.example.com/");
        assertThat(plain.status()).as(plain.toString()).isEqualTo(200);
        assertThat(plain.field("X-Echo-Client")).isNotEqualTo(configured.address());
        Answer secure = configured.curl("--cacert", "/ca/ca.pem", "https://secure.example.com/");
        assertThat(secure.status()).as(secure.toString()).isEqualTo(200);
        Answer denied = configured.curl("http://admin.example.com/");
        assertThat(denied.status()).isEqualTo(403);
    }

    @Test
    @Order(9)
    void aClientOfAnotherNamespaceIsLetInByClientsFromAlone() {
        ClientPod stranger = world.client(STRANGERS, "client");
        Answer refused = through(stranger, "http://www.example.com/");
        assertThat(refused.exit()).as(refused.toString()).isEqualTo(28);

        world.kubectl()
                .run(
                        "patch",
                        "fp",
                        "-n",
                        NAMESPACE,
                        "egress",
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"clients\":{\"from\":[{\"namespaceSelector\":{\"matchLabels\":{\"egress\":\"central\"}}}]}}}");
        world.kubectl().await(PATIENCE, "condition=Ready", NAMESPACE, "fp/egress");
        Answer unlabelled = through(stranger, "http://www.example.com/");
        assertThat(unlabelled.exit()).as(unlabelled.toString()).isEqualTo(28);

        world.kubectl().run("label", "namespace", STRANGERS, "egress=central");
        Until.holds(Duration.ofSeconds(20), () -> {
            Answer answer = through(stranger, "http://www.example.com/");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        });
    }
}
