package dev.sallyport.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything around the operator: the API server, nodes, and access under the shipped roles. */
public final class Cluster implements QuarkusTestResourceLifecycleManager {
    private @Nullable ApiServer server;
    private @Nullable Nodes nodes;

    @Override
    public Map<String, String> start() {
        server = ApiServer.start();
        try {
            nodes = new Nodes(server.admin(), new AnsweringRelay());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Config access = server.operator();
        return Map.of(
                "quarkus.kubernetes-client.api-server-url",
                access.getMasterUrl(),
                "quarkus.kubernetes-client.trust-certs",
                "true",
                "quarkus.kubernetes-client.token",
                access.getOauthToken(),
                "quarkus.kubernetes-client.namespace",
                ApiServer.NAMESPACE,
                "sallyport.relay.image",
                "localhost/sallyport-relay:test",
                "sallyport.redirect.image",
                "localhost/sallyport-redirect:test",
                "sallyport.namespace",
                ApiServer.NAMESPACE,
                "sallyport.pod",
                "sallyport-operator-0",
                // The API server of the tests finds no Service.
                "sallyport.webhook.port",
                "0",
                "sallyport.webhook.names",
                "localhost");
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(Cluster.class));
    }

    @Override
    public void stop() {
        if (nodes != null) {
            nodes.close();
        }
        if (server != null) {
            server.close();
        }
    }

    public ApiServer server() {
        return Objects.requireNonNull(server);
    }

    public Nodes nodes() {
        return Objects.requireNonNull(nodes);
    }

    /** A client that may do everything. */
    public KubernetesClient admin() {
        return server().admin();
    }

    /** Makes a namespace of the test's own, whose pods must be <em>restricted</em> ones. */
    public String namespace(String prefix) {
        return admin().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName(prefix + "-")
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getName();
    }

    /** Applies YAML to a namespace, as a user would. */
    public void apply(String namespace, String yaml) {
        for (HasMetadata object : Manifests.parse(yaml)) {
            object.getMetadata().setNamespace(namespace);
            admin().resource(object).fieldManager("user").forceConflicts().serverSideApply();
        }
    }

    /** Merges a patch, in YAML, into an object. */
    public <T extends HasMetadata> void merge(Class<T> kind, String namespace, String name, String yaml) {
        admin().resources(kind)
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), tree(yaml).toString());
    }

    private static JsonNode tree(String yaml) {
        try {
            return Manifests.YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** An object that has to be there. */
    public <T extends HasMetadata> T get(Class<T> kind, String namespace, String name) {
        T object = admin().resources(kind).inNamespace(namespace).withName(name).get();
        assertThat(object).as(kind.getSimpleName() + " " + name).isNotNull();
        return object;
    }

    /** All objects of the kinds that proxies own. */
    public List<HasMetadata> children(String namespace) {
        return Stream.of(
                        ConfigMap.class,
                        Secret.class,
                        ServiceAccount.class,
                        Service.class,
                        Role.class,
                        RoleBinding.class,
                        Deployment.class,
                        NetworkPolicy.class,
                        PodDisruptionBudget.class)
                .<HasMetadata>flatMap(kind -> admin().resources(kind).inNamespace(namespace).list().getItems().stream())
                .filter(object -> !object.getMetadata().getOwnerReferences().isEmpty())
                .toList();
    }

    /** The pods of a namespace that are not being removed. */
    public List<Pod> pods(String namespace) {
        return admin().pods().inNamespace(namespace).list().getItems();
    }

    /** The Events of a namespace with that reason. */
    public List<Event> events(String namespace, String reason) {
        return admin().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> reason.equals(event.getReason()))
                .toList();
    }

    /** The condition of that type, or one that says that there is none. */
    public static Condition condition(@Nullable List<Condition> conditions, String type) {
        return conditions == null
                ? new Condition()
                : conditions.stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst()
                        .orElseGet(Condition::new);
    }
}
