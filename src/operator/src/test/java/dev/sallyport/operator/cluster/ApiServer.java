package dev.sallyport.operator.cluster;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A real etcd and kube-apiserver with everything of {@code manifests/} applied but what needs nodes. */
public final class ApiServer implements AutoCloseable {
    /** The namespace of the operator. */
    public static final String NAMESPACE = "sallyport-system";

    /** The ServiceAccount of the operator. */
    public static final String OPERATOR = "sallyport-operator";

    private final Path directory;
    private final KubeAPIServer server;
    private final Config adminConfig;
    private final KubernetesClient admin;

    private ApiServer(Path directory, KubeAPIServer server) {
        this.directory = directory;
        this.server = server;
        this.adminConfig = Config.fromKubeconfig(server.getKubeConfigYaml());
        this.admin = new KubernetesClientBuilder().withConfig(adminConfig).build();
    }

    /** Starts both and installs the manifests. */
    public static ApiServer start() {
        try {
            Path directory = Files.createTempDirectory("sallyport-apiserver");
            Path policy = directory.resolve("audit-policy.yaml");
            Files.writeString(policy, """
                    apiVersion: audit.k8s.io/v1
                    kind: Policy
                    omitStages: [RequestReceived]
                    rules:
                    - level: Metadata
                      users: ["system:serviceaccount:%s:%s"]
                    """.formatted(NAMESPACE, OPERATOR));
            Files.createSymbolicLink(
                    directory.resolve("k8s"),
                    Path.of(System.getProperty("envtest")).resolve("k8s").toAbsolutePath());
            var server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withTestDir(directory.toString())
                    .withOfflineMode(true)
                    .withApiServerFlag("--enable-admission-plugins", "OwnerReferencesPermissionEnforcement")
                    .withApiServerFlag("--audit-policy-file", policy.toString())
                    .withApiServerFlag(
                            "--audit-log-path", directory.resolve("audit.log").toString())
                    .build());
            server.start();
            var started = new ApiServer(directory, server);
            Manifests.objects().stream()
                    .filter(object -> !object.getKind().equals("Deployment"))
                    .forEach(object -> started.admin.resource(object).serverSideApply());
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that may do everything. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The API server's record of what the operator's ServiceAccount asked, a JSON object per line. */
    public Path auditLog() {
        return directory.resolve("audit.log");
    }

    /** Access as the operator's ServiceAccount, which has exactly the roles of {@code manifests/}. */
    public Config operator() {
        TokenRequest token = admin.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(OPERATOR)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(7200L)
                        .endSpec()
                        .build());
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(adminConfig.getMasterUrl())
                .withTrustCerts(true)
                .withNamespace(NAMESPACE)
                .withOauthToken(token.getStatus().getToken())
                .build();
    }

    @Override
    public void close() {
        admin.close();
        server.stop();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
