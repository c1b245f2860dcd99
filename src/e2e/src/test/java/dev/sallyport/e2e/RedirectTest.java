package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.ClientPod;
import dev.sallyport.e2e.harness.Internet;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pod whose traffic the kernel leads to its relay, in both directions, and who tries to go past it. */
@ExtendWith(Suite.class)
@Order(5)
class RedirectTest {
    private static final String NAMESPACE = "e2e-redirect";

    private final World world;
    private ClientPod outside;

    RedirectTest(World world) {
        this.world = world;
    }

    @BeforeAll
    void start() {
        world.internet();
        world.privilegedNamespace(NAMESPACE);
        outside = world.client(NAMESPACE, "outside");
        world.kubectl()
                .apply("""
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress, namespace: %1$s}
                spec:
                  infrastructure: {deployment: None}
                  rules: [{name: two, allow: {hosts: [www.example.com, secure.example.com]}}]
                  guards: {privateRanges: {except: ["%2$s"]}}
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: guard, namespace: %1$s}
                spec:
                  infrastructure: {deployment: None}
                  rules:
                  - {name: orders, matches: [{path: {type: PathPrefix, value: /orders}}], backendRefs: [{name: shop, port: 80}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: shop, namespace: %1$s}
                spec:
                  selector: {app: shop}
                  ports: [{name: http, port: 80, targetPort: 8080}]
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: shop
                  namespace: %1$s
                  labels: {app: shop, sallyport.dev/inject: "true"}
                  annotations:
                    sallyport.dev/egress: egress
                    sallyport.dev/ingress: guard
                    sallyport.dev/capture: redirect
                    # The cluster's name server is at an address of the node.
                    sallyport.dev/exclude-outbound-cidrs: 10.0.0.0/8
                spec:
                  volumes: [{name: ca, configMap: {name: internet, optional: true}}]
                  initContainers:
                  - name: fetch
                    image: localhost/sallyport-client:%3$s
                    command: [curl, -sSf, --max-time, "20", "http://www.example.com/"]
                  containers:
                  - name: app
                    image: localhost/sallyport-client:%3$s
                    command: [/echo, serve]
                    ports: [{name: http, containerPort: 8080}]
                    readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}
                    livenessProbe: {tcpSocket: {port: 8080}}
                    volumeMounts: [{name: ca, mountPath: /ca}]
                  - name: root
                    image: localhost/sallyport-client:%3$s
                    command: [/echo, wait]
                    securityContext: {runAsUser: 0, capabilities: {drop: [ALL]}}
                """.formatted(NAMESPACE, Internet.NETWORK, world.tag()))
                .output();
        world.kubectl().await(PATIENCE, "condition=Ready", NAMESPACE, "pod/shop");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    void whatIsAllowedGoesOutByName() {
        Answer plain = curl("app", "http://www.example.com/");
        assertThat(plain.status()).as(plain.toString()).isEqualTo(200);
        assertThat(plain.received("Host")).isEqualTo("www.example.com");
        Answer secure = curl("app", "--cacert", "/ca/ca.pem", "https://secure.example.com/");
        assertThat(secure.status()).as(secure.toString()).isEqualTo(200);
        assertThat(secure.field("X-Echo-Server-Name")).isEqualTo("secure.example.com");
    }

    @Test
    void nothingElseDoes() {
        denied(curl("app", "http://tunnel.example.net:443/"));
        // By number, by a port that is not allowed, and as another user.
        denied(curl("app", "http://" + Internet.WEB + "/"));
        denied(curl("app", "http://www.example.com:8080/"));
        denied(curl("root", "http://tunnel.example.net:443/"));
        // By TLS for another name, and without one.
        assertThat(curl("app", "-k", "https://tunnel.example.net/").exit()).isNotZero();
        assertThat(curl("app", "-k", "https://" + Internet.SECURE + "/").exit()).isNotZero();
        // By bytes that are neither.
        assertThat(curl("app", "telnet://" + Internet.WEB + ":443").exit()).isNotZero();
    }

    @Test
    void aNameThatIsAllowedLeadsToItsOwnAddressAlone() {
        Answer answer = curl(
                "app",
                "--cacert",
                "/ca/ca.pem",
                "--resolve",
                "secure.example.com:443:" + Internet.BEHIND_TUNNEL,
                "https://secure.example.com/");

        // The server at the address that was asked speaks no TLS.
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.field("X-Echo-Server-Name")).isEqualTo("secure.example.com");
    }

    @Test
    void whatComesInIsGuarded() {
        String pod = world.kubectl().run("get", "pod", "-n", NAMESPACE, "shop", "-o", "jsonpath={.status.podIP}");
        for (String way : List.of("http://shop", "http://" + pod + ":8080")) {
            Answer allowed = outside.curl(way + "/orders/1");
            assertThat(allowed.status()).as(allowed.toString()).isEqualTo(200);
            assertThat(allowed.received("X-Forwarded-For")).isEqualTo(outside.address());
            Answer refused = outside.curl(way + "/admin");
            assertThat(refused.status()).as(refused.toString()).isEqualTo(404);
            assertThat(refused.field("Proxy-Status")).endsWith("hop=\"reverse " + NAMESPACE + "/guard\"");
        }
        // The ports of redirection are for redirected connections alone.
        for (String port : List.of("15701", "15710")) {
            assertThat(outside.curl("http://" + pod + ":" + port + "/orders/1").exit())
                    .as(port)
                    .isEqualTo(7);
        }
    }

    @Test
    void bothProxiesCountIt() {
        Until.holds(PATIENCE, () -> {
            for (String proxy : List.of("fp/egress", "rp/guard")) {
                assertThat(world.kubectl()
                                .run("get", "-n", NAMESPACE, proxy, "-o", "jsonpath={.status.sidecars.programmed}"))
                        .as(proxy)
                        .isEqualTo("1");
            }
        });
    }

    @Test
    void aNamespaceThatForbidsThePrivilegeForbidsThePod() {
        String restricted = "e2e-redirect-restricted";
        world.namespace(restricted);
        try {
            Run refused = world.kubectl().apply("""
                    apiVersion: v1
                    kind: Pod
                    metadata:
                      name: shop
                      namespace: %s
                      labels: {sallyport.dev/inject: "true"}
                      annotations:
                        sallyport.dev/egress: egress
                        sallyport.dev/capture: redirect
                        sallyport.dev/exclude-outbound-cidrs: 10.0.0.0/8
                    spec:
                      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                      containers:
                      - name: app
                        image: localhost/sallyport-client:%s
                        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                    """.formatted(restricted, world.tag()));
            assertThat(refused.succeeded()).isFalse();
            assertThat(refused.err()).contains("violates PodSecurity", "sallyport-redirect", "NET_ADMIN");
        } finally {
            world.remove(restricted);
        }
    }

    private static void denied(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).endsWith("hop=\"forward " + NAMESPACE + "/egress\"");
    }

    private Answer curl(String container, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("exec", "-n", NAMESPACE, "shop", "-c", container, "--", "curl", "-sSi", "--max-time", "20"));
        command.addAll(Arrays.asList(arguments));
        return Answer.of(world.kubectl().attempt(command.toArray(String[]::new)));
    }
}
