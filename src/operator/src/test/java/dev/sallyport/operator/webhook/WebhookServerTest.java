package dev.sallyport.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.control.input.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookServerTest {
    private static final String REVIEW = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1", "operation": "CREATE",
            "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": "shop", "object": {"metadata": {%s}, "spec": {%s}}}}
            """;
    private static final String APP = "\"containers\": [{\"name\": \"app\", \"image\": \"app:1\"}]";
    private static final String ASKS = "\"labels\": {\"sallyport.dev/inject\": \"true\"}";
    private static final String EGRESS = ASKS + ", \"annotations\": {\"sallyport.dev/egress\": \"egress\"}";

    private final Issued authority = Issued.authority("test", Instant.now(), Duration.ofDays(1));
    private final ShownCertificate shown = new ShownCertificate(issue(authority));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private WebhookServer server;

    @BeforeEach
    void start() throws IOException {
        Settings settings = Settings.pods("1.2.3", "relay:1", "redirect:1", "sallyport-system", List.of());
        server = new WebhookServer(new InetSocketAddress("localhost", 0), shown, new Admission(settings, meters));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersWithAPatch() throws Exception {
        JsonNode response = response(post(WebhookServer.POD, REVIEW.formatted(EGRESS, APP)));
        assertThat(response.path("uid").asText()).isEqualTo("u-1");
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        JsonNode patch = new ObjectMapper()
                .readTree(Base64.getDecoder().decode(response.path("patch").asText()));
        assertThat(patch).anySatisfy(operation -> {
            assertThat(operation.path("op").asText()).isEqualTo("add");
            assertThat(operation.path("path").asText()).isEqualTo("/spec/initContainers");
            assertThat(operation.at("/value/0/name").asText()).isEqualTo("sallyport");
        });
        assertThat(meters.counter("sallyport.admissions", "outcome", "injected").count())
                .isEqualTo(1);
    }

    @Test
    void refusesWithAMessage() throws Exception {
        JsonNode response = response(post(WebhookServer.POD, REVIEW.formatted(ASKS, APP)));
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
        assertThat(response.at("/status/message").asText()).startsWith("metadata.annotations[sallyport.dev/egress]: ");
    }

    @Test
    void skipsWithAWarning() throws Exception {
        JsonNode response =
                response(post(WebhookServer.POD, REVIEW.formatted(EGRESS, "\"hostNetwork\": true, " + APP)));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.at("/warnings/0").asText()).contains("no relay is injected: it is on its node's network");
    }

    @Test
    void injectsWithAWarning() throws Exception {
        String metadata =
                EGRESS.replace("\"annotations\": {", "\"annotations\": {\"sallyport.dev/drain-seconds\": \"60\", ");
        JsonNode response = response(post(WebhookServer.POD, REVIEW.formatted(metadata, APP)));
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patch").isBinary() || response.path("patch").isTextual())
                .isTrue();
        assertThat(response.at("/warnings/0").asText()).contains("the pod is killed after 30 s");
    }

    @Test
    void thePathTellsWhatTheNamespaceSays() throws Exception {
        String silent = REVIEW.formatted("\"annotations\": {\"sallyport.dev/egress\": \"egress\"}", APP);
        assertThat(response(post(WebhookServer.NAMESPACE, silent)).has("warnings"))
                .isFalse();
        assertThat(response(post(WebhookServer.POD, silent)).has("warnings")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "{\"apiVersion\": \"admission.k8s.io/v1\"}",
                "{\"apiVersion\": \"admission.k8s.io/v1beta1\", \"request\": {\"uid\": \"u\", \"operation\": \"CREATE\", \"kind\": {\"kind\": \"Pod\"}, \"object\": {\"metadata\": {}, \"spec\": {}}}}",
                "{\"apiVersion\": \"admission.k8s.io/v1\", \"request\": {\"uid\": \"u\", \"operation\": \"UPDATE\", \"kind\": {\"kind\": \"Pod\"}, \"object\": {\"metadata\": {}, \"spec\": {}}}}",
                "{\"apiVersion\": \"admission.k8s.io/v1\", \"request\": {\"uid\": \"u\", \"operation\": \"CREATE\", \"kind\": {\"kind\": \"Pod\"}, \"object\": {\"metadata\": {}, \"spec\": {\"containers\": 7}}}}",
                "{\"apiVersion\": \"admission.k8s.io/v1\", \"request\": {\"uid\": \"u\", \"operation\": \"CREATE\", \"kind\": {\"kind\": \"Pod\"}, \"object\": null}}"
            })
    void whatIsNoReviewIsABadRequest(String body) throws Exception {
        assertThat(post(WebhookServer.POD, body).statusCode()).isEqualTo(400);
    }

    @Test
    void nestingHasAnEnd() throws Exception {
        assertThat(post(WebhookServer.POD, "{\"a\":".repeat(100_000)).statusCode())
                .isEqualTo(400);
    }

    @Test
    void readsOnlySoMuch() throws Exception {
        assertThat(post(WebhookServer.POD, " ".repeat(4 * 1024 * 1024 + 1)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void answersNothingElse() throws Exception {
        assertThat(post("/inject", REVIEW.formatted(EGRESS, APP)).statusCode()).isEqualTo(404);
        assertThat(client(authority)
                        .send(HttpRequest.newBuilder(uri(WebhookServer.POD)).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void anotherCertificateIsShownWithoutARestart() throws Exception {
        assertThat(post(WebhookServer.POD, REVIEW.formatted(EGRESS, APP)).statusCode())
                .isEqualTo(200);
        Issued other = Issued.authority("other", Instant.now(), Duration.ofDays(1));
        shown.show(issue(other));
        assertThat(client(other)
                        .send(request(WebhookServer.POD, REVIEW.formatted(EGRESS, APP)), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThatThrownBy(() -> post(WebhookServer.POD, REVIEW.formatted(EGRESS, APP)))
                .isInstanceOf(SSLHandshakeException.class);
    }

    private static Issued issue(Issued authority) {
        return authority.server(List.of("localhost"), Instant.now(), Duration.ofHours(1));
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return client(authority).send(request(path, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + server.port() + path);
    }

    private static JsonNode response(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body()).path("response");
    }

    private static HttpClient client(Issued authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        X509Certificate certificate = authority.certificate();
        trusted.setCertificateEntry("authority", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .sslContext(context)
                .proxy(HttpClient.Builder.NO_PROXY)
                .build();
    }
}
