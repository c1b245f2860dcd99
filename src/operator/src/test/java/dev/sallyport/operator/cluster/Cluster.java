package dev.sallyport.operator.cluster;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
                "sallyport.namespace",
                ApiServer.NAMESPACE,
                "sallyport.pod",
                "sallyport-operator-0");
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

    /** Makes a namespace of the test's own. */
    public String namespace(String prefix) {
        return admin().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName(prefix + "-")
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
