package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.HealthCheck.Active;
import dev.sallyport.model.config.HealthCheck.StatusRange;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.relay.rig.Authority;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.H2Peer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    void asksByHttp2WhereThatIsSpoken() throws Exception {
        AtomicReference<String> status = new AtomicReference<>("503");
        Queue<H2Peer.Head> asked = new ConcurrentLinkedQueue<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    H2Peer peer = H2Peer.serve(wire);
                    H2Peer.Head head = peer.nextHead();
                    asked.add(head);
                    peer.head(head.stream(), true, ":status", status.get());
                    peer.untilEnd();
                });
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .backend(Clusters.protocol(Cluster.Protocol.H2C))
                        .backend(Clusters.health(active("/healthz")))
                        .start()) {
            Await.until("it is found unhealthy", () -> rig.metric(FAILING) == 1);
            status.set("204");
            Await.until("it is found healthy", () -> rig.metric(FAILING) == 0);
            assertThat(asked.element().fields())
                    .containsEntry(":method", "GET")
                    .containsEntry(":authority", "checks.test")
                    .containsEntry(":path", "/healthz")
                    .doesNotContainKeys("connection", "host");
        }
    }

    /** With the names and authorities that requests are served by, and the certificate that is shown for them. */
    @ParameterizedTest
    @CsvSource({
        "NEGOTIATED, h2, shop.example, 0",
        "HTTP2, h2, shop.example, 0",
        "NEGOTIATED, http/1.1, shop.example, 0",
        "HTTP11, http/1.1, shop.example, 0",
        "HTTP2, http/1.1, shop.example, 1",
        "HTTP11, http/1.1, other.example, 1"
    })
    void asksThroughTls(Cluster.Protocol protocol, String chosen, String name, int failing) throws Exception {
        Authority authority = new Authority("authority");
        Queue<String> clients = new ConcurrentLinkedQueue<>();
        try (Origin origin = Origin.scripted(Authority.context(authority, authority.issue(name)), (wire, number) -> {
                    SSLSocket socket = (SSLSocket) wire.socket();
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setApplicationProtocols(new String[] {chosen});
                    parameters.setNeedClientAuth(true);
                    socket.setSSLParameters(parameters);
                    try {
                        socket.startHandshake();
                        clients.add(socket.getSession().getPeerPrincipal().getName());
                        if (chosen.equals("h2")) {
                            H2Peer peer = H2Peer.serve(wire);
                            peer.head(peer.nextHead().stream(), true, ":status", "200");
                            peer.untilEnd();
                        } else if (wire.hasNext()) {
                            wire.readRequest();
                            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                        }
                    } catch (IOException | UncheckedIOException e) {
                        // Given up, as it should be where the test says so.
                    }
                });
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .secrets(new Authority.Secrets()
                                .authority("ca", authority)
                                .certificate("relay", authority.issue("relay.example"))
                                .bundle())
                        .backendTls(protocol, new OriginTls("shop.example", List.of("ca"), "relay"))
                        .backend(Clusters.health(active("/healthz")))
                        .start()) {
            String sample = failing == 1 ? FAILING : GOOD;
            Await.until("it is found out", () -> rig.metric(sample) >= 1);
            if (failing == 0) {
                assertThat(rig.metric(FAILING)).isZero();
                assertThat(clients.element()).contains("relay.example");
            }
        }
    }

    @Test
    void connectsThroughTlsWhereNothingIsToBeAsked() throws Exception {
        Authority authority = new Authority("authority");
        try (Origin plain = Origin.scripted((wire, number) -> wire.readAll());
                Rig rig = Rig.setup()
                        .reverse(plain)
                        .secrets(new Authority.Secrets()
                                .authority("ca", authority)
                                .bundle())
                        .backendTls(Cluster.Protocol.NEGOTIATED, new OriginTls("shop.example", List.of("ca"), ""))
                        .backend(Clusters.health(active("", Duration.ofMillis(100))))
                        .start()) {
            Await.until("what speaks no TLS is found unhealthy", () -> rig.metric(FAILING) == 1);
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
