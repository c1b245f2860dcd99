package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** HTTP/2 that was agreed on by TLS, with Java's own client. */
class Http2TlsTest {
    static final Authority AUTHORITY = new Authority("authority");

    /** A relay in front of an origin, with a certificate for {@code localhost} and both versions of HTTP. */
    static Rig relay(Origin origin) throws Exception {
        return relay(Rig.setup().reverse(origin));
    }

    private static Rig relay(Rig.Setup setup) throws Exception {
        return setup.tls(new ListenerTls(List.of("shop"), ListenerTls.Version.TLS_1_2, List.of("h2", "http/1.1"), null))
                .secrets(new Authority.Secrets()
                        .certificate("shop", AUTHORITY.issue("localhost"))
                        .bundle())
                .start();
    }

    private static final String LARGE = "z".repeat(700_000);

    private static Origin echo() {
        return Origin.serving((wire, request) -> {
            String body = request.line().startsWith("POST") ? request.body() : "hello";
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        });
    }

    @Test
    void servesJavasClient() throws Exception {
        try (Origin origin = echo();
                Rig rig = relay(origin)) {
            serves(rig);
        }
    }

    /** Another relay is the backend, and streams go on as streams. */
    @Test
    void servesJavasClientFromHttp2() throws Exception {
        try (Origin origin = echo();
                Rig behind = Rig.setup().reverse(origin).start();
                Rig rig = relay(Rig.setup()
                        .reverse()
                        .members(List.of(new EndpointSet.Endpoint(
                                "127.0.0.1", behind.address().getPort())))
                        .backend(Clusters.protocol(Cluster.Protocol.H2C)))) {
            serves(rig);
            assertThat(behind.decision().protocol()).isEqualTo("HTTP/2");
            assertThat(behind.metric("sallyport_connections_total{role=\"reverse\"}"))
                    .isEqualTo(1);
        }
    }

    private static void serves(Rig rig) throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(Authority.context(AUTHORITY))
                .version(HttpClient.Version.HTTP_2)
                .build()) {
            URI uri = URI.create("https://localhost:" + rig.address().getPort() + "/");
            assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("hello");
            RecordedDecision decision = rig.decision();
            assertThat(decision.protocol()).isEqualTo("HTTP/2");
            assertThat(decision.scheme()).isEqualTo("https");
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                HttpRequest.Builder request = HttpRequest.newBuilder(uri);
                if (i % 2 == 0) {
                    request.POST(BodyPublishers.ofString(LARGE));
                }
                all.add(client.sendAsync(request.build(), BodyHandlers.ofString()));
            }
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> response = all.get(i).get(20, TimeUnit.SECONDS);
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.body()).isEqualTo(i % 2 == 0 ? LARGE : "hello");
            }
            assertThat(rig.metric("sallyport_connections_total{role=\"reverse\"}"))
                    .isEqualTo(1);
        }
    }
}
