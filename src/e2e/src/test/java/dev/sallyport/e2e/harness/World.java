package dev.sallyport.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A cluster with Sallyport in it, once for all scenarios: the one that {@code KUBECONFIG} names, which has the images already, or else
 * the project's own, made now and taken down at the end.
 */
public final class World implements AutoCloseable {
    public static final String SYSTEM = "sallyport-system";

    /** For what takes some pod starts. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Tests that failed run again in a world of their own, and must not lose what the first knew. */
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Path root = Path.of(System.getProperty("e2e.root"));
    private final String tag = System.getProperty("e2e.tag");
    private final Path results;
    private final @Nullable TestCluster cluster;
    private final @Nullable Internet internet;
    private final Kubectl kubectl;
    private final Measured measured;

    World() {
        Path all = root.resolve("src/e2e/target/e2e");
        int before = MADE.getAndIncrement();
        results = before == 0 ? all : all.resolve("again-" + before);
        try {
            Run.of(Duration.ofMinutes(1), Map.of(), "", List.of("rm", "-rf", results.toString()))
                    .output();
            Files.createDirectories(results);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        measured = new Measured(results.resolve("measured.txt"));
        String given = System.getenv("KUBECONFIG");
        if (given != null && !given.isEmpty()) {
            cluster = null;
            internet = null;
            kubectl = new Kubectl("kubectl", Path.of(given));
            install();
            return;
        }
        long start = System.nanoTime();
        cluster = new TestCluster(root);
        try {
            kubectl = new Kubectl(cluster.kubectl().toString(), cluster.up());
            measured.tell("cluster ready", Duration.ofNanos(System.nanoTime() - start));
            cluster.load(archives());
            internet = Internet.open(root.resolve("src/e2e/target/images/echo"), cluster, results);
            install();
        } catch (Throwable e) {
            cluster.down();
            throw e;
        }
    }

    private List<Path> archives() {
        Stream<Path> product = Stream.of("relay", "operator", "redirect")
                .map(name -> root.resolve("src/image/target/sallyport-" + name + ".tar"))
                .peek(archive -> measured.tell("image " + archive.getFileName(), mebibytes(archive)));
        Stream<Path> tests = Stream.of("echo", "client")
                .map(name -> root.resolve("src/e2e/target/images/sallyport-" + name + ".tar"));
        return Stream.concat(product, tests).toList();
    }

    private static String mebibytes(Path file) {
        try {
            return String.format(Locale.ROOT, "%.1f MiB", Files.size(file) / 1048576.0);
        } catch (IOException e) {
            throw new UncheckedIOException("make image test-images, first", e);
        }
    }

    private void install() {
        long start = System.nanoTime();
        kubectl.run(
                "apply",
                "--server-side",
                "-f",
                root.resolve("manifests/install.yaml").toString());
        kubectl.run("rollout", "status", "-n", SYSTEM, "deployment/sallyport-operator", "--timeout=170s");
        measured.tell("from the install to a ready operator", Duration.ofNanos(System.nanoTime() - start));
    }

    public Kubectl kubectl() {
        return kubectl;
    }

    public Measured measured() {
        return measured;
    }

    /** A file of the repository. */
    public String path(String relative) {
        return root.resolve(relative).toString();
    }

    /** One of {@code deploy/examples}, by the name of its folder. */
    public Example example(String name) {
        return Example.read(kubectl, root, name, results);
    }

    Path results() {
        return results;
    }

    /** The project's own cluster; in another, the test is left out. */
    public TestCluster cluster() {
        Assumptions.assumeTrue(cluster != null, "only the project's own cluster can do this");
        return Objects.requireNonNull(cluster);
    }

    /** The servers outside; in a cluster of somebody else, the test is left out. */
    public Internet internet() {
        Assumptions.assumeTrue(internet != null, "only the project's own cluster has an internet of its own");
        return Objects.requireNonNull(internet);
    }

    /** Makes a namespace that takes <em>restricted</em> pods alone. */
    public void namespace(String name, String... labels) {
        namespaceOf("restricted", name, labels);
    }

    /** Makes a namespace that takes any pods. */
    public void privilegedNamespace(String name, String... labels) {
        namespaceOf("privileged", name, labels);
    }

    private void namespaceOf(String level, String name, String... labels) {
        String more = Arrays.stream(labels).map(label -> ", " + label).collect(Collectors.joining());
        kubectl.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: %s%s}}
                """.formatted(name, level, more)).output();
        if (internet != null) {
            String certificate = internet.authority().indent(4);
            kubectl.apply("""
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: internet, namespace: %s}
                    data:
                      ca.pem: |
                    %s""".formatted(name, certificate)).output();
        }
    }

    /**
     * Puts a new self-signed certificate into a Secret, which is made if need be.
     *
     * @param subject its common name
     * @param host that it is for
     */
    public void certificate(String namespace, String secret, String subject, String host) {
        Path key = results.resolve(subject + ".key");
        Path certificate = results.resolve(subject + ".crt");
        Run.program(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "30",
                        "-subj",
                        "/CN=" + subject,
                        "-addext",
                        "subjectAltName=DNS:" + host,
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .output();
        kubectl.apply(kubectl.run(
                        "create",
                        "secret",
                        "tls",
                        secret,
                        "-n",
                        namespace,
                        "--cert",
                        certificate.toString(),
                        "--key",
                        key.toString(),
                        "--dry-run=client",
                        "-o",
                        "yaml"))
                .output();
    }

    /** Starts to delete a namespace. */
    public void remove(String... namespaces) {
        for (String namespace : namespaces) {
            kubectl.run("delete", "namespace", namespace, "--wait=false");
        }
    }

    public ClientPod client(String namespace, String name) {
        return ClientPod.start(this, namespace, name, "");
    }

    /** @param settings the ConfigMap that its environment comes from */
    public ClientPod client(String namespace, String name, String settings) {
        return ClientPod.start(this, namespace, name, settings);
    }

    /**
     * One that need not be ready yet.
     *
     * @param annotations of its pod, as {@code a/b: c, d/e: f}
     */
    public ClientPod annotatedClient(String namespace, String name, String annotations) {
        return ClientPod.make(this, namespace, name, "", annotations);
    }

    /** Of the images of the tests. */
    public String tag() {
        return tag;
    }

    public Load load(String namespace, String name, String... arguments) {
        return Load.start(this, namespace, name, List.of(arguments));
    }

    /** Makes a Deployment with a Service of the same name, port 80, and waits until its pods are ready. */
    public void backend(String namespace, String name, int replicas) {
        kubectl.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  replicas: %3$d
                  selector: {matchLabels: {app: %1$s}}
                  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                      containers:
                      - name: echo
                        image: localhost/sallyport-echo:%4$s
                        ports: [{name: http, containerPort: 8080}]
                        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
                        resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
                        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  selector: {app: %1$s}
                  ports: [{name: http, port: 80, targetPort: http}]
                """.formatted(name, namespace, replicas, tag)).output();
        rolledOut(namespace, name);
    }

    /** Waits until all pods of a Deployment are of its newest template and ready. */
    public void rolledOut(String namespace, String deployment) {
        kubectl.run("rollout", "status", "-n", namespace, "deployment/" + deployment, "--timeout=170s");
    }

    /** Waits until the proxy, {@code fp/NAME} or {@code rp/NAME}, says so itself. */
    public void ready(String namespace, String proxy) {
        kubectl.await(PATIENCE, "condition=Ready", namespace, proxy);
    }

    /** The pod of a client, which runs the command. */
    String client(String namespace, String name, List<String> command, String environment, String annotations) {
        String words = command.stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(", "));
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s, labels: {app: client}, annotations: {%s}}
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 1
                  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
                  volumes: [{name: ca, configMap: {name: internet, optional: true}}]
                  containers:
                  - name: client
                    image: localhost/sallyport-client:%s
                    command: [%s]
                    envFrom: %s
                    volumeMounts: [{name: ca, mountPath: /ca}]
                    resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
                    securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
                """.formatted(name, namespace, annotations, tag, words, environment);
    }

    @Override
    public void close() {
        measured.summary();
        if (internet != null) {
            internet.close();
        }
        if (cluster != null) {
            cluster.down();
        }
    }
}
