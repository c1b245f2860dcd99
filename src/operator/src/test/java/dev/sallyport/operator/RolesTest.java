package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.operator.cluster.Applications;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.Manifests;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Compares what the operator asks, by the API server's own record, with what it may. */
@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class RolesTest {
    /** What the record cannot show. */
    private static final Set<String> UNSEEN = Set.of(
            // Granted on to the relays of a ReverseProxy, which may not be given what the operator does not have.
            "get discovery.k8s.io/endpointslices",
            // Asked by the admission plugin OwnerReferencesPermissionEnforcement, which is on here.
            "update sallyport.dev/forwardproxies/finalizers",
            "update sallyport.dev/reverseproxies/finalizers");

    Cluster cluster;

    @Test
    void operatorUsesWhatItMayAndNothingElse() {
        String namespace = cluster.namespace("roles");
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {allow: [a.example]}
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ReverseProxy
                metadata: {name: shop}
                spec: {backendRefs: [{name: shop, port: 80}], tls: {certificateRefs: [{name: shop-tls}]}}
                """);
        cluster.apply(namespace, CertificatesTest.secret("shop-tls", "shop-tls"));
        Until.passes(() -> {
            assertThat(cluster.pods(namespace)).hasSize(4);
            assertThat(programmed(namespace)).isEqualTo("True");
        });
        cluster.merge(
                ForwardProxy.class,
                namespace,
                "egress",
                "{spec: {replicas: 1, allow: [b.example], infrastructure: {networkPolicy: None}}}");

        Until.passes(() ->
                assertThat(cluster.get(Secret.class, namespace, "shop-relay")).isNotNull());
        cluster.merge(ReverseProxy.class, namespace, "shop", "{spec: {tls: null}}");
        cluster.merge(
                ReverseProxy.class,
                namespace,
                "shop",
                "{spec: {backends: [{name: shop, tls: {validation: {caCertificateRefs: [{name: kube-ca}]}}}]}}");

        String guest = cluster.namespace("roles-guest");
        cluster.merge(ForwardProxy.class, namespace, "egress", "{spec: {clients: {from: [{namespaceSelector: {}}]}}}");
        cluster.admin().namespaces().withName(guest).edit(present -> {
            present.getMetadata().getAnnotations().put("sallyport.dev/accept-forward-proxy", namespace + "/egress");
            return present;
        });
        Pod user = Applications.pod(guest, null, Map.of());
        user.getMetadata()
                .getLabels()
                .putAll(Map.of(
                        "sallyport.dev/relay", "central",
                        "sallyport.dev/egress", "egress",
                        "sallyport.dev/egress-namespace", namespace));
        Pod made = cluster.admin().resource(user).create();
        Until.passes(() -> assertThat(cluster.get(ConfigMap.class, guest, namespace + ".egress-client"))
                .isNotNull());
        cluster.admin().resource(made).withGracePeriod(0).delete();

        Set<String> granted = Manifests.objects(ClusterRole.class)
                .map(ClusterRole::getRules)
                .flatMap(List::stream)
                .flatMap(rule -> rule.getApiGroups().stream().flatMap(group -> tuples(group, rule).stream()))
                .collect(Collectors.toCollection(TreeSet::new));
        Until.passes(() -> {
            Set<String> used = new TreeSet<>(UNSEEN);
            Set<String> refused = new TreeSet<>();
            read(used, refused);
            assertThat(refused).isEmpty();
            assertThat(used).isEqualTo(granted);
        });
    }

    private String programmed(String namespace) {
        ForwardProxyStatus status =
                cluster.get(ForwardProxy.class, namespace, "egress").getStatus();
        return status == null
                ? ""
                : String.valueOf(
                        Cluster.condition(status.conditions(), "Programmed").getStatus());
    }

    private void read(Set<String> used, Set<String> refused) throws IOException {
        for (String line : Files.readAllLines(cluster.server().auditLog())) {
            JsonNode event = new ObjectMapper().readTree(line);
            JsonNode object = event.path("objectRef");
            if (object.path("resource").isMissingNode()) {
                continue;
            }
            int code = event.path("responseStatus").path("code").asInt();
            String verb = event.path("verb").asText();
            used.add(verb + " " + resource(object));
            if (code == 201 && verb.equals("patch")) {
                // Server-side apply of an object that is not there takes both.
                used.add("create " + resource(object));
            }
            if (code == 403) {
                refused.add(verb + " " + resource(object));
            }
        }
    }

    private static Set<String> tuples(String group, PolicyRule rule) {
        return rule.getResources().stream()
                .flatMap(resource -> rule.getVerbs().stream()
                        .map(verb -> verb + " " + (group.isEmpty() ? "" : group + "/") + resource))
                .collect(Collectors.toSet());
    }

    private static String resource(JsonNode object) {
        String group = object.path("apiGroup").asText();
        String subresource = object.path("subresource").asText();
        return (group.isEmpty() ? "" : group + "/")
                + object.path("resource").asText()
                + (subresource.isEmpty() ? "" : "/" + subresource);
    }
}
