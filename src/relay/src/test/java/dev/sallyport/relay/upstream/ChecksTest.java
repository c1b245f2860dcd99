package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.HealthCheck.Active;
import dev.sallyport.model.config.HealthCheck.StatusRange;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Active checks of endpoints. */
class ChecksTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String FAILING = "sallyport_cluster_endpoint_states{cluster=\"backend\",state=\"failing\"}";
    private static final String GOOD = "sallyport_cluster_health_checks_total{cluster=\"backend\",result=\"good\"}";

    private static HealthCheck active(String path, Duration timeout) {
        return new HealthCheck(
                new Active(
                        path,
                        "checks.test",
                        List.of(new StatusRange(200, 299), new StatusRange(404, 404)),
                        Duration.ofMillis(20),
                        timeout,
                        2,
                        2),
                null);
    }

    private static HealthCheck active(String path) {
        return active(path, Duration.ofSeconds(5));
    }

    /** Serves requests, and gives checks the answer of the moment. */
    private static Origin checked(AtomicReference<String> answer) {
        return Origin.serving((wire, request) -> {
            boolean check = request.line().startsWith("GET /healthz ");
            wire.send(check ? answer.get() : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
    }

    private static long served(Origin origin) {
        return origin.requests().stream()
                .filter(request -> request.line().startsWith("GET / "))
                .count();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void sendsNothingToAnEndpointThatFailsItsChecks(int loops) throws Exception {
        AtomicReference<String> answer = new AtomicReference<>("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        try (Origin sick = checked(answer);
                Origin well = checked(new AtomicReference<>("HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 404 Yes\r\n\r\n"));
                Rig rig = Rig.setup()
                        .loops(loops)
                        .reverse(sick, well)
                        .backend(Clusters.health(active("/healthz")))
                        .start();
                Wire client = rig.connect()) {
            Await.until("it is found unhealthy", () -> rig.metric(FAILING) == 1);
            Await.until("it is told", () -> rig.events().contains("\"event\":\"endpoint-unhealthy\""));
            assertThat(rig.events()).contains(sick.authority());
            assertThat(sick.requests().getFirst().line()).isEqualTo("GET /healthz HTTP/1.1");
            assertThat(sick.requests().getFirst().field("host")).isEqualTo("checks.test");
            for (int i = 0; i < 6; i++) {
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            assertThat(served(sick)).isZero();
            answer.set("HTTP/1.1 204 Yes\r\n\r\n");
            Await.until("it is found healthy", () -> rig.metric(FAILING) == 0);
            Await.until("it is told", () -> rig.events().contains("\"event\":\"endpoint-healthy\""));
            for (int i = 0; i < 6; i++) {
                client.send(GET);
                client.readResponse();
            }
            assertThat(served(sick)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"silence", "reset", "end", "nonsense"})
    void whatIsNoAnswerIsNotHealthy(String trouble) throws Exception {
        try (Origin sick = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    switch (trouble) {
                        case "silence" -> wire.readAll();
                        case "reset" -> wire.reset();
                        case "nonsense" -> wire.send("nonsense\r\n\r\n");
                        default -> wire.endOutput();
                    }
                });
                Rig rig = Rig.setup()
                        .reverse(sick)
                        .backend(Clusters.health(active("/healthz", Duration.ofMillis(100))))
                        .start()) {
            Await.until("it is found unhealthy", () -> rig.metric(FAILING) == 1);
        }
    }

    @Test
    void connectsWhereNothingIsToBeAsked() throws Exception {
        Origin gone = Origin.saying("ok");
        gone.close();
        try (Origin silent = Origin.scripted((wire, number) -> wire.readAll());
                Rig rig = Rig.setup()
                        .reverse(silent, gone)
                        .backend(Clusters.health(active("")))
                        .start()) {
            Await.until("one is found unhealthy", () -> rig.metric(FAILING) == 1);
            Await.until("the other is found healthy", () -> rig.metric(GOOD) >= 3);
            assertThat(rig.metric(FAILING)).isEqualTo(1);
            rig.backend(Clusters.endpoints());
            Await.until("its last check is over", () -> silent.open() == 0);
            assertThat(rig.metric(FAILING)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void beginsByTheProxyProtocolWhereItIsSpoken(ProxyProtocolVersion version) throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    seen.add(wire.readUntil("close\r\n\r\n"));
                    wire.send("HTTP/1.1 200 OK\r\n\r\n");
                });
                Rig rig = Rig.setup()
                        .reverse()
                        .backend(Clusters.proxyProtocol(version))
                        .backend(Clusters.health(active("/healthz")))
                        .backend(Clusters.endpoints(origin))
                        .start()) {
            Await.until("it was checked", () -> rig.metric(GOOD) >= 1);
            String begin =
                    version == ProxyProtocolVersion.V1 ? "PROXY UNKNOWN\r\n" : "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0";
            assertThat(seen.element()).startsWith(begin + "GET /healthz HTTP/1.1\r\n");
        }
    }

    @Test
    void checksOnThroughReloadsThatChangeOtherThings() throws Exception {
        AtomicReference<String> answer = new AtomicReference<>("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        try (Origin sick = checked(answer);
                Rig rig = Rig.setup()
                        .reverse(sick)
                        .backend(Clusters.health(active("/healthz")))
                        .start()) {
            Await.until("it is found unhealthy", () -> rig.metric(FAILING) == 1);
            rig.backend(Clusters.slowStart(Duration.ofSeconds(1)));
            assertThat(rig.metric(FAILING)).isEqualTo(1);
            rig.backend(Clusters.health(HealthCheck.NONE));
            assertThat(rig.metric(FAILING)).isZero();
            rig.backend(Clusters.health(active("/healthz")));
            Await.until("it is found unhealthy again", () -> rig.metric(FAILING) == 1);
        }
    }
}
