package dev.sallyport.api.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real etcd and kube-apiserver with the committed definitions, out of the folder that the system property {@code envtest} names. */
final class ApiServer implements AutoCloseable {
    private static final Path DEFINITIONS = Path.of("../../deploy/crds");

    private final KubeAPIServer server;
    private final KubernetesClient client;

    private ApiServer(KubeAPIServer server, KubernetesClient client) {
        this.server = server;
        this.client = client;
    }

    static ApiServer start() throws IOException {
        String envtest = System.getProperty("envtest", "");
        assumeTrue(!envtest.isEmpty(), "-Denvtest=$(src/testcluster/testcluster envtest) names no API server");
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(workFolder(Path.of(envtest)).toString())
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .build());
        server.start();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build();
        ApiServer started = new ApiServer(server, client);
        try {
            started.install();
            return started;
        } catch (RuntimeException | IOException e) {
            started.close();
            throw e;
        }
    }

    KubernetesClient client() {
        return client;
    }

    /** A folder of our own for certificates, so that tests of other modules may run at the same time. */
    private static Path workFolder(Path envtest) throws IOException {
        Path folder = Path.of("target/envtest").toAbsolutePath();
        if (Files.exists(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(folder);
        Files.createSymbolicLink(folder.resolve("k8s"), envtest.resolve("k8s").toAbsolutePath());
        return folder;
    }

    private void install() throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(DEFINITIONS)) {
            files = list.filter(file -> file.toString().endsWith(".sallyport.dev.yaml"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                CustomResourceDefinition crd = client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .load(in)
                        .serverSideApply();
                client.resource(crd).waitUntilCondition(ApiServer::isEstablished, 30, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    @Override
    public void close() {
        client.close();
        server.stop();
    }
}
