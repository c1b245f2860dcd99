package dev.sallyport.operator.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pods of Deployments, runs a relay for each on a loopback address of its own, and mounts ConfigMaps and Secrets as the
 * kubelet does: at the start, and again when the pod's own object changes, never by itself.
 */
public final class Nodes implements AutoCloseable {
    /** What becomes of the pods that are made in a namespace. */
    public enum Fate {
        RUN,
        IMAGE_PULL_FAILS,
        UNSCHEDULABLE
    }

    /** The relay's container in the pod of an application. */
    private static final String INJECTED = "sallyport";

    private final KubernetesClient client;
    private final RelayRunner runner;
    private final Path directory;
    private final AtomicInteger addresses = new AtomicInteger();
    private final Map<String, Running> running = new HashMap<>();
    private final Set<String> waiting = new HashSet<>();
    private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Fate> fates = new ConcurrentHashMap<>();
    private final Map<String, Deafness> deaf = new ConcurrentHashMap<>();
    private final ExecutorService work = Executors.newSingleThreadExecutor();
    private final SharedIndexInformer<Deployment> deployments;
    private final SharedIndexInformer<Pod> pods;

    public Nodes(KubernetesClient client, RelayRunner runner) throws IOException {
        this.client = client;
        this.runner = runner;
        this.directory = Files.createTempDirectory("sallyport-nodes");
        this.deployments = client.apps().deployments().inAnyNamespace().inform(handler(this::settle));
        this.pods = client.pods().inAnyNamespace().inform(handler(this::podChanged));
    }

    /** Decides over the pods that are made in {@code namespace} from now on. */
    public void fate(String namespace, Fate fate) {
        fates.put(namespace, fate);
    }

    /** Makes the nodes overlook the next {@code times} changes of each pod's object in {@code namespace}. */
    public void overlook(String namespace, int times) {
        deaf.put(namespace, new Deafness(times));
    }

    private void settle(Deployment seen) {
        String namespace = seen.getMetadata().getNamespace();
        Deployment deployment = client.resource(seen).get();
        if (deployment == null) {
            pods(namespace, seen).forEach(this::remove);
            return;
        }
        int wanted = Optional.ofNullable(deployment.getSpec().getReplicas()).orElse(1);
        String template = Integer.toHexString(deployment.getSpec().getTemplate().hashCode());
        List<Pod> present = pods(namespace, deployment).toList();
        for (Pod pod : present) {
            int index = Integer.parseInt(pod.getMetadata().getLabels().get("index"));
            if (!template.equals(pod.getMetadata().getLabels().get("template")) || index >= wanted) {
                remove(pod);
            }
        }
        for (int index = 0; index < wanted; index++) {
            String name = deployment.getMetadata().getName() + "-" + template + "-" + index;
            if (client.pods().inNamespace(namespace).withName(name).get() == null) {
                make(deployment, name, template, index);
            }
        }
        int ready = (int) pods(namespace, deployment).filter(Nodes::isReady).count();
        client.apps().deployments().resource(deployment).editStatus(current -> {
            current.getStatus().setObservedGeneration(current.getMetadata().getGeneration());
            current.getStatus().setReplicas(wanted);
            current.getStatus().setUpdatedReplicas(wanted);
            current.getStatus().setReadyReplicas(ready == 0 ? null : ready);
            current.getStatus().setAvailableReplicas(ready == 0 ? null : ready);
            current.getStatus().setUnavailableReplicas(wanted == ready ? null : wanted - ready);
            return current;
        });
    }

    private void make(Deployment deployment, String name, String template, int index) {
        String namespace = deployment.getMetadata().getNamespace();
        Pod pod = client.resource(new PodBuilder()
                        .withMetadata(deployment.getSpec().getTemplate().getMetadata())
                        .editOrNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .addToLabels("deployment", deployment.getMetadata().getName())
                        .addToLabels("template", template)
                        .addToLabels("index", String.valueOf(index))
                        .endMetadata()
                        .withSpec(deployment.getSpec().getTemplate().getSpec())
                        .editSpec()
                        .withNodeName("node")
                        .endSpec()
                        .build())
                .create();
        PodStatus status = switch (fates.getOrDefault(namespace, Fate.RUN)) {
            case RUN -> start(pod);
            case IMAGE_PULL_FAILS -> waiting("ImagePullBackOff", "Back-off pulling image");
            case UNSCHEDULABLE ->
                new PodStatusBuilder()
                        .withPhase("Pending")
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .withReason("Unschedulable")
                        .withMessage("0/1 nodes are available: 1 Insufficient memory.")
                        .endCondition()
                        .build();
        };
        pod.setStatus(status);
        client.resource(pod).updateStatus();
    }

    /** As the kubelet does, which tries to mount again and again. */
    private void startInjected(Pod pod) {
        PodStatus status = start(pod);
        if (running.containsKey(pod.getMetadata().getUid())) {
            status.getInitContainerStatuses().add(status.getContainerStatuses().getFirst());
            status.getInitContainerStatuses().getFirst().setName(INJECTED);
            status.setContainerStatuses(List.of());
        } else if (waiting.add(pod.getMetadata().getUid())) {
            retries.schedule(
                    () -> queue(() -> {
                        waiting.remove(pod.getMetadata().getUid());
                        podChanged(pod);
                    }),
                    500,
                    TimeUnit.MILLISECONDS);
        }
        pod.setStatus(status);
        client.resource(pod).updateStatus();
    }

    private PodStatus start(Pod pod) {
        String address = "127.0.%d.%d".formatted(77, addresses.incrementAndGet());
        Path mount = directory.resolve(pod.getMetadata().getUid());
        try {
            Files.createDirectories(mount);
            mount(pod, mount);
            running.put(pod.getMetadata().getUid(), new Running(pod, mount, runner.start(address, mount)));
        } catch (IOException | NoConfigMap e) {
            return waiting("ContainerCreating", e.getMessage());
        }
        String now = Instant.now().toString();
        return new PodStatusBuilder()
                .withPhase("Running")
                .withPodIP(address)
                .addNewPodIP(address)
                .withStartTime(now)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withLastTransitionTime(now)
                .endCondition()
                .addNewContainerStatus()
                .withName(pod.getSpec().getContainers().getFirst().getName())
                .withImage(pod.getSpec().getContainers().getFirst().getImage())
                .withImageID("sha256:0")
                .withReady(true)
                .withRestartCount(0)
                .withNewState()
                .withNewRunning(now)
                .endState()
                .endContainerStatus()
                .build();
    }

    private static PodStatus waiting(String reason, @Nullable String message) {
        return new PodStatusBuilder()
                .withPhase("Pending")
                .addNewContainerStatus()
                .withName("relay")
                .withImage("relay")
                .withImageID("")
                .withReady(false)
                .withRestartCount(0)
                .withNewState()
                .withNewWaiting(message, reason)
                .endState()
                .endContainerStatus()
                .build();
    }

    private void podChanged(Pod pod) {
        String uid = pod.getMetadata().getUid();
        Running relay = running.get(uid);
        Pod now = client.resource(pod).get();
        if (now == null || !uid.equals(now.getMetadata().getUid())) {
            if (relay != null) {
                running.remove(uid);
                relay.end();
            }
            deployment(pod).ifPresent(this::settle);
        } else if (relay == null
                && now.getSpec().getInitContainers().stream()
                        .anyMatch(container -> container.getName().equals(INJECTED))) {
            startInjected(now);
        } else if (relay != null
                && relay.hears(now, deaf.getOrDefault(pod.getMetadata().getNamespace(), Deafness.NONE))) {
            try {
                mount(now, relay.mount);
            } catch (IOException | NoConfigMap e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Optional<Deployment> deployment(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels())
                .map(labels -> labels.get("deployment"))
                .map(name -> client.apps()
                        .deployments()
                        .inNamespace(pod.getMetadata().getNamespace())
                        .withName(name)
                        .get());
    }

    /** The volume of a relay is {@code mount} itself; those of one beside an application are directories in it. */
    private void mount(Pod pod, Path mount) throws IOException, NoConfigMap {
        for (var volume : pod.getSpec().getVolumes()) {
            if (volume.getConfigMap() != null) {
                Path directory = Files.createDirectories(mount.resolve(volume.getName()));
                Path data = Files.createTempDirectory(directory, "..");
                write(pod, volume.getConfigMap().getName(), data);
                show(data, directory);
            } else if (volume.getName().equals("config")) {
                Path data = Files.createTempDirectory(mount, "..");
                for (VolumeProjection source : volume.getProjected().getSources()) {
                    if (source.getSecret() == null) {
                        write(pod, source.getConfigMap().getName(), data);
                    } else {
                        writeSecret(pod, source.getSecret().getName(), data);
                    }
                }
                show(data, mount);
            }
        }
    }

    private static void show(Path data, Path mount) throws IOException {
        Path link = mount.resolve("..data_tmp");
        Files.createSymbolicLink(link, data.getFileName());
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.toList()) {
                Path visible = mount.resolve(file.getFileName());
                if (!Files.exists(visible, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(visible, Path.of("..data").resolve(file.getFileName()));
                }
            }
        }
    }

    private void write(Pod pod, String name, Path into) throws IOException, NoConfigMap {
        ConfigMap map = client.configMaps()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(name)
                .get();
        if (map == null) {
            throw new NoConfigMap("configmap \"" + name + "\" not found");
        }
        for (var entry : Optional.ofNullable(map.getData()).orElse(Map.of()).entrySet()) {
            Files.write(into.resolve(entry.getKey()), entry.getValue().getBytes(StandardCharsets.UTF_8));
        }
        for (var entry :
                Optional.ofNullable(map.getBinaryData()).orElse(Map.of()).entrySet()) {
            Files.write(into.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
        }
    }

    /** An optional one: what is not there is left out. */
    private void writeSecret(Pod pod, String name, Path into) throws IOException {
        Secret secret = client.secrets()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(name)
                .get();
        if (secret != null) {
            for (var entry :
                    Optional.ofNullable(secret.getData()).orElse(Map.of()).entrySet()) {
                Files.write(into.resolve(entry.getKey()), Base64.getDecoder().decode(entry.getValue()));
            }
        }
    }

    private Stream<Pod> pods(String namespace, Deployment deployment) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel("deployment", deployment.getMetadata().getName())
                .list()
                .getItems()
                .stream();
    }

    private void remove(Pod pod) {
        client.resource(pod).withGracePeriod(0).delete();
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    private <T> ResourceEventHandler<T> handler(java.util.function.Consumer<T> step) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                queue(() -> step.accept(object));
            }

            @Override
            public void onUpdate(T before, T object) {
                queue(() -> step.accept(object));
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                queue(() -> step.accept(object));
            }
        };
    }

    private void queue(Runnable step) {
        try {
            work.execute(() -> {
                try {
                    step.run();
                } catch (KubernetesClientException e) {
                    // Somebody was faster; the event of that change brings us here again.
                    if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
                            && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                        throw e;
                    }
                }
            });
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    @Override
    public void close() {
        deployments.close();
        pods.close();
        retries.shutdownNow();
        work.shutdownNow();
        running.values().forEach(Running::end);
    }

    private static final class NoConfigMap extends Exception {
        NoConfigMap(String message) {
            super(message);
        }
    }

    /** How many changes are overlooked from the moment on that it was made. */
    private static final class Deafness {
        static final Deafness NONE = new Deafness(0);

        private final int times;

        Deafness(int times) {
            this.times = times;
        }
    }

    private static final class Running {
        private final Path mount;
        private final AutoCloseable relay;
        private Map<String, String> annotations;
        private Deafness deafness = Deafness.NONE;
        private int changes;

        Running(Pod pod, Path mount, AutoCloseable relay) {
            this.annotations = annotations(pod);
            this.mount = mount;
            this.relay = relay;
        }

        boolean hears(Pod pod, Deafness now) {
            Map<String, String> changed = annotations(pod);
            if (changed.equals(annotations)) {
                return false;
            }
            annotations = changed;
            if (deafness != now) {
                deafness = now;
                changes = 0;
            }
            return ++changes > now.times;
        }

        private static Map<String, String> annotations(Pod pod) {
            return Optional.ofNullable(pod.getMetadata().getAnnotations()).orElse(Map.of());
        }

        void end() {
            try {
                relay.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
