package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.Manifests;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.cluster.WithApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two operators as they are shipped, processes of the packaged application under the shipped roles. */
@NeedsApiServer
@ExtendWith(WithApiServer.class)
class LeaderElectionIT {
    private static final String EGRESS = """
            apiVersion: sallyport.dev/v1alpha1
            kind: ForwardProxy
            metadata: {name: egress, namespace: %s}
            spec: {allow: [%s]}
            """;

    private final Map<String, Process> operators = new HashMap<>();

    @TempDir
    Path directory;

    @AfterEach
    void stop() throws InterruptedException {
        for (Process operator : operators.values()) {
            operator.destroyForcibly().waitFor();
        }
    }

    @Test
    void theOtherTakesOver(ApiServer server) throws Exception {
        server.admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("elected")
                        .endMetadata()
                        .build())
                .create();
        start(server, "operator-a");
        start(server, "operator-b");
        apply(server, "first.example");
        Until.passes(() -> assertThat(configuration(server)).contains("first.example"));
        String leader = leader(server);
        assertThat(operators).containsKey(leader);

        Process ended = Objects.requireNonNull(operators.remove(leader));
        ended.destroy();
        assertThat(ended.waitFor(60, TimeUnit.SECONDS)).isTrue();
        apply(server, "second.example");
        Until.passes(() -> assertThat(configuration(server)).contains("second.example"));
        assertThat(leader(server)).isEqualTo(operators.keySet().iterator().next());
    }

    private void apply(ApiServer server, String host) {
        for (HasMetadata object : Manifests.parse(EGRESS.formatted("elected", host))) {
            server.admin()
                    .resource(object)
                    .fieldManager("user")
                    .forceConflicts()
                    .serverSideApply();
        }
        assertThat(server.admin()
                        .resources(ForwardProxy.class)
                        .inNamespace("elected")
                        .withName("egress")
                        .get())
                .isNotNull();
    }

    private static String configuration(ApiServer server) {
        ConfigMap map = server.admin()
                .configMaps()
                .inNamespace("elected")
                .withName("egress-relay")
                .get();
        return map == null ? "" : map.getData().toString();
    }

    private static String leader(ApiServer server) {
        Lease lease = server.admin()
                .leases()
                .inNamespace(ApiServer.NAMESPACE)
                .withName("sallyport-operator")
                .get();
        return lease.getSpec().getHolderIdentity();
    }

    private void start(ApiServer server, String pod) throws IOException {
        Config access = server.operator();
        Path kubeconfig = directory.resolve(pod + ".yaml");
        Files.writeString(
                kubeconfig, """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: x, context: {cluster: c, user: u, namespace: %s}}]
                current-context: x
                """.formatted(access.getMasterUrl(), access.getOauthToken(), ApiServer.NAMESPACE));
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-jar",
                        "target/quarkus-app/quarkus-run.jar")
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", pod + ".log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "KUBECONFIG",
                        kubeconfig.toString(),
                        "QUARKUS_MANAGEMENT_PORT",
                        "0",
                        "SALLYPORT_RELAY_IMAGE",
                        "localhost/sallyport-relay:test",
                        "SALLYPORT_REDIRECT_IMAGE",
                        "localhost/sallyport-redirect:test",
                        "SALLYPORT_NAMESPACE",
                        ApiServer.NAMESPACE,
                        "SALLYPORT_POD",
                        pod,
                        "SALLYPORT_WEBHOOK_PORT",
                        "0"));
        operators.put(pod, builder.start());
    }
}
