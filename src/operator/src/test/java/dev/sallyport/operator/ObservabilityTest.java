package dev.sallyport.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.operator.cluster.Cluster;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

@NeedsApiServer
@QuarkusTest
@QuarkusTestResource(Cluster.class)
class ObservabilityTest {
    @TestHTTPResource(management = true)
    URI management;

    Cluster cluster;

    @Test
    void probesAnswer() throws Exception {
        for (String probe : new String[] {"started", "live", "ready"}) {
            Until.passes(() -> {
                HttpResponse<String> answer = get("/health/" + probe);
                assertThat(answer.statusCode()).as(probe).isEqualTo(200);
                assertThat(answer.body()).contains("\"status\": \"UP\"");
            });
        }
        assertThat(get("/health/ready").body()).contains("forwardproxy", "reverseproxy", "webhook");
    }

    @Test
    void metricsTellOfReconcilesDeliveryAndRelays() throws Exception {
        String namespace = cluster.namespace("metrics");
        cluster.apply(namespace, """
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: egress}
                spec: {allow: [a.example], replicas: 1}
                """);
        Until.passes(() -> {
            String metrics = get("/metrics").body();
            assertThat(metrics)
                    .containsPattern("sallyport_relays\\{kind=\"ForwardProxy\",state=\"programmed\",?\\} [1-9]");
            assertThat(metrics).containsPattern("sallyport_delivery_seconds_count\\{kind=\"ForwardProxy\",?\\} [1-9]");
            assertThat(metrics)
                    .containsPattern(
                            "sallyport_reconcile_seconds_count\\{controller=\"forwardproxy\",outcome=\"done\",?\\} [1-9]");
            assertThat(metrics).contains("sallyport_reconcile_waiting{kind=\"ForwardProxy\"");
        });
        cluster.apply(namespace, """
                apiVersion: v1
                kind: Service
                metadata: {name: taken}
                spec: {ports: [{port: 1}]}
                ---
                apiVersion: sallyport.dev/v1alpha1
                kind: ForwardProxy
                metadata: {name: taken}
                spec: {allow: [a.example], replicas: 1}
                """);
        Until.passes(() -> assertThat(get("/metrics").body())
                .containsPattern(
                        "sallyport_reconcile_errors_total\\{kind=\"ForwardProxy\",reason=\"NameTaken\",?\\} [1-9]"));
        cluster.admin()
                .resources(ForwardProxy.class)
                .inNamespace(namespace)
                .withName("taken")
                .delete();
    }

    private HttpResponse<String> get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(management.resolve("/q" + path)).build(), BodyHandlers.ofString());
        }
    }
}
