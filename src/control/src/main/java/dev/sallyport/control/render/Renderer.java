package dev.sallyport.control.render;

import dev.sallyport.api.v1alpha1.common.ServiceType;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.input.Subject;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.plan.Snapshot;
import dev.sallyport.control.plan.Workload;
import dev.sallyport.control.validate.CheckedListener;
import dev.sallyport.control.validate.ClientPeer;
import dev.sallyport.control.validate.Running;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.SecretBundle;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the objects of one plan. */
public final class Renderer {
    private static final String API_VERSION = "sallyport.dev/v1alpha1";

    /** For what a relay does beside waiting when it ends. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final Snapshot snapshot;
    private final SecretBundle secrets;
    private final Workload workload;
    private final Subject subject;
    private final Running running;
    private final Settings settings;

    private Renderer(Plan.Served served, Settings settings) {
        this.snapshot = served.snapshot();
        this.secrets = served.secrets();
        this.workload = served.workload();
        this.subject = workload.subject();
        this.running = workload.running();
        this.settings = settings;
    }

    public static Infra render(Plan.Served served, Settings settings) {
        return new Renderer(served, settings).infra();
    }

    /** What relays in the pods of applications are given to serve. */
    public static Sidecars sidecars(Plan.Served served, Snapshot snapshot, Settings settings) {
        var renderer = new Renderer(served, settings);
        return new Sidecars(snapshot.hash(), renderer.config(Names.sidecar(renderer.subject.name()), snapshot));
    }

    private Infra infra() {
        if (!running.deployed()) {
            return Infra.NONE;
        }
        boolean reverse = subject.kind() == ProxyKind.REVERSE;
        return new Infra(
                serviceAccount(),
                reverse ? role() : null,
                reverse ? roleBinding() : null,
                secrets.isEmpty() ? null : secrets(),
                config(Names.relay(subject), snapshot),
                reverse ? null : client(),
                running.networkPolicy() ? networkPolicy() : null,
                service(),
                deployment(reverse),
                running.replicas() > 1 ? disruptionBudget() : null);
    }

    private ServiceAccount serviceAccount() {
        return new ServiceAccountBuilder()
                .withMetadata(metadata(Names.relay(subject)))
                .withAutomountServiceAccountToken(false)
                .build();
    }

    private Role role() {
        return new RoleBuilder()
                .withMetadata(metadata(Names.relay(subject)))
                .addNewRule()
                .withApiGroups("discovery.k8s.io")
                .withResources("endpointslices")
                .withVerbs("get", "list", "watch")
                .endRule()
                .build();
    }

    private RoleBinding roleBinding() {
        String name = Names.relay(subject);
        return new RoleBindingBuilder()
                .withMetadata(metadata(name))
                .withNewRoleRef()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("Role")
                .withName(name)
                .endRoleRef()
                .addNewSubject()
                .withKind("ServiceAccount")
                .withName(name)
                .withNamespace(subject.namespace())
                .endSubject()
                .build();
    }

    /** Applied before the configuration that names its revision. */
    private Secret secrets() {
        Map<String, String> data = new TreeMap<>();
        secrets.files()
                .forEach((name, content) -> data.put(name, Base64.getEncoder().encodeToString(content)));
        return new SecretBuilder()
                .withMetadata(metadata(Names.relay(subject)))
                .withType("Opaque")
                .withData(data)
                .build();
    }

    private ConfigMap config(String name, Snapshot snapshot) {
        var config = new ConfigMapBuilder().withMetadata(metadata(name));
        return (snapshot.isCompressed()
                        ? config.withBinaryData(Map.of(
                                Snapshot.COMPRESSED_FILE, Base64.getEncoder().encodeToString(snapshot.content())))
                        : config.withData(
                                Map.of(RelayConfigCodec.FILE, new String(snapshot.content(), StandardCharsets.UTF_8))))
                .build();
    }

    private ConfigMap client() {
        return new ConfigMapBuilder()
                .withMetadata(metadata(Names.client(subject)))
                .withData(ClientSettings.of(
                        Names.serviceHost(subject, settings),
                        workload.listeners().getFirst().port(),
                        workload.listeners().getFirst().tls() != null,
                        settings))
                .build();
    }

    /** Who may reach the relays: their clients, and whoever asks about their state. Where they go is the relay's own matter. */
    private NetworkPolicy networkPolicy() {
        List<NetworkPolicyPort> ports = workload.listeners().stream()
                .map(listener -> port(listener.boundPort()))
                .toList();
        var spec = new NetworkPolicyBuilder()
                .withMetadata(metadata(Names.relay(subject)))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Labels.selector(subject))
                .endPodSelector()
                .withPolicyTypes("Ingress");
        spec = subject.kind() == ProxyKind.REVERSE
                ? spec.addNewIngress().withPorts(ports).endIngress()
                : spec.addNewIngress().withFrom(peers()).withPorts(ports).endIngress();
        if (!settings.adminNamespaces().isEmpty()) {
            spec = spec.addNewIngress()
                    .addNewFrom()
                    .withNewNamespaceSelector()
                    .addNewMatchExpression()
                    .withKey("kubernetes.io/metadata.name")
                    .withOperator("In")
                    .withValues(settings.adminNamespaces())
                    .endMatchExpression()
                    .endNamespaceSelector()
                    .endFrom()
                    .withPorts(port(settings.adminPort()))
                    .endIngress();
        }
        return spec.endSpec().build();
    }

    private List<NetworkPolicyPeer> peers() {
        List<NetworkPolicyPeer> peers = new ArrayList<>();
        peers.add(new NetworkPolicyPeerBuilder()
                .withNewPodSelector()
                .endPodSelector()
                .build());
        for (ClientPeer client : workload.clients()) {
            var peer = new NetworkPolicyPeerBuilder();
            peers.add(
                    switch (client) {
                        case ClientPeer.Namespaces namespaces ->
                            peer.withNamespaceSelector(namespaces.selector()).build();
                        case ClientPeer.Network network ->
                            peer.withNewIpBlock()
                                    .withCidr(network.prefix().toString())
                                    .endIpBlock()
                                    .build();
                    });
        }
        return peers;
    }

    private static NetworkPolicyPort port(int number) {
        return new NetworkPolicyPortBuilder()
                .withProtocol("TCP")
                .withPort(new IntOrString(number))
                .build();
    }

    private Service service() {
        ObjectMeta metadata = metadata(Names.service(subject));
        if (!running.serviceAnnotations().isEmpty()) {
            metadata.setAnnotations(running.serviceAnnotations());
        }
        var spec = new ServiceBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                .withType(
                        switch (running.service()) {
                            case CLUSTER_IP -> "ClusterIP";
                            case NODE_PORT -> "NodePort";
                            case LOAD_BALANCER -> "LoadBalancer";
                        })
                .withSelector(Labels.selector(subject));
        if (running.service() == ServiceType.LOAD_BALANCER) {
            // Else nodes put their own address in the place of the client's.
            spec.withExternalTrafficPolicy("Local");
        }
        for (CheckedListener listener : workload.listeners()) {
            spec.addToPorts(new ServicePortBuilder()
                    .withName(listener.name())
                    .withPort(listener.port())
                    .withTargetPort(new IntOrString(listener.boundPort()))
                    .withProtocol("TCP")
                    .build());
        }
        return spec.endSpec().build();
    }

    private Deployment deployment(boolean token) {
        return new DeploymentBuilder()
                .withMetadata(metadata(Names.relay(subject)))
                .withNewSpec()
                .withReplicas(running.replicas())
                .withNewSelector()
                .withMatchLabels(Labels.selector(subject))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(template(token))
                .endSpec()
                .build();
    }

    private PodTemplateSpec template(boolean token) {
        var spec = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Labels.pod(subject))
                .addToAnnotations("kubectl.kubernetes.io/default-container", RelayContainer.NAME)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(Names.relay(subject))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(running.drain()
                        .delay()
                        .plus(running.drain().grace())
                        .plus(MARGIN)
                        .toSeconds())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(RelayContainer.UID)
                .withRunAsGroup(RelayContainer.UID)
                .withFsGroup(RelayContainer.UID)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewTopologySpreadConstraint()
                .withMaxSkew(1)
                .withTopologyKey("kubernetes.io/hostname")
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(Labels.selector(subject))
                .endLabelSelector()
                .endTopologySpreadConstraint()
                .withContainers(RelayContainer.of(running.compute(), workload.listeners(), token, settings))
                .addToVolumes(configVolume());
        if (token) {
            spec.addToVolumes(tokenVolume());
        }
        return spec.endSpec().build();
    }

    /** What is served and what that refers to, changed as one. The Secret may come and go without another pod template. */
    private Volume configVolume() {
        return new VolumeBuilder()
                .withName(RelayContainer.CONFIG_VOLUME)
                .withNewProjected()
                .withDefaultMode(0444)
                .addNewSource()
                .withNewConfigMap()
                .withName(Names.relay(subject))
                .endConfigMap()
                .endSource()
                .addNewSource()
                .withNewSecret()
                .withName(Names.relay(subject))
                .withOptional(true)
                .endSecret()
                .endSource()
                .endProjected()
                .build();
    }

    /** What the ServiceAccount admission plugin would mount; the relay reads it again when the kubelet renews it. */
    private static Volume tokenVolume() {
        return new VolumeBuilder()
                .withName(RelayContainer.TOKEN_VOLUME)
                .withNewProjected()
                .withDefaultMode(0444)
                .addNewSource()
                .withNewServiceAccountToken()
                .withPath("token")
                .withExpirationSeconds(3600L)
                .endServiceAccountToken()
                .endSource()
                .addNewSource()
                .withNewConfigMap()
                .withName("kube-root-ca.crt")
                .addNewItem()
                .withKey("ca.crt")
                .withPath("ca.crt")
                .endItem()
                .endConfigMap()
                .endSource()
                .endProjected()
                .build();
    }

    private PodDisruptionBudget disruptionBudget() {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(metadata(Names.relay(subject)))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(Labels.selector(subject))
                .endSelector()
                .endSpec()
                .build();
    }

    private ObjectMeta metadata(String name) {
        var metadata = new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(subject.namespace())
                .withLabels(Labels.object(subject, settings));
        if (!subject.uid().isEmpty()) {
            metadata.addNewOwnerReference()
                    .withApiVersion(API_VERSION)
                    .withKind(subject.kind().kind())
                    .withName(subject.name())
                    .withUid(subject.uid())
                    .withController(true)
                    .withBlockOwnerDeletion(true)
                    .endOwnerReference();
        }
        return metadata.build();
    }
}
