package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.Manifests;
import dev.sallyport.operator.cluster.NeedsApiServer;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Compares what the operator asked in all tests before this one, by the API server's own record, with what it may. */
@Order(Integer.MAX_VALUE)
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
    void operatorUsesWhatItMayAndNothingElse() throws IOException {
        Set<String> used = new TreeSet<>();
        Set<String> refused = new TreeSet<>();
        for (String line : Files.readAllLines(cluster.server().auditLog())) {
            JsonNode event = new ObjectMapper().readTree(line);
            JsonNode object = event.path("objectRef");
            if (object.path("resource").isMissingNode()) {
                continue;
            }
            int code = event.path("responseStatus").path("code").asInt();
            String tuple = event.path("verb").asText() + " " + resource(object);
            used.add(tuple);
            if (code == 201 && tuple.startsWith("patch ")) {
                used.add("create " + resource(object));
            }
            if (code == 403) {
                refused.add(tuple);
            }
        }
        Set<String> granted = Manifests.objects(ClusterRole.class)
                .map(ClusterRole::getRules)
                .flatMap(List::stream)
                .flatMap(rule -> rule.getApiGroups().stream().flatMap(group -> tuples(group, rule).stream()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(refused).isEmpty();
        used.addAll(UNSEEN);
        assertThat(used).isEqualTo(granted);
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
        return (group.isEmpty() ? "" : group + "/") + object.path("resource").asText()
                + (subresource.isEmpty() ? "" : "/" + subresource);
    }
}
