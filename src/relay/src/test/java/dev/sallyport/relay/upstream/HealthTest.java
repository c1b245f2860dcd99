package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.HealthCheck.Passive;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the health of endpoints does to requests. */
class HealthTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String BAD = "HTTP/1.1 500 Bad\r\nContent-Length: 2\r\n\r\nno";
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static HealthCheck passive(int errors, Duration ejection) {
        return new HealthCheck(null, new Passive(errors, ejection, 50));
    }

    private static Wire.Response get(Rig rig) {
        try (Wire client = rig.connect()) {
            client.send(GET);
            return client.readResponse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void sendsNothingToAnEjectedEndpointUntilItReturns(int loops) throws Exception {
        AtomicBoolean good = new AtomicBoolean();
        try (Origin failing = Origin.serving((wire, request) -> wire.send(good.get() ? GOOD : BAD));
                Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .loops(loops)
                        .reverse(failing, origin)
                        .backend(Clusters.health(passive(2, Duration.ofMillis(700))))
                        .start()) {
            Await.until("it is ejected", () -> {
                get(rig);
                return rig.events().contains("endpoint-ejected");
            });
            assertThat(rig.events())
                    .contains("\"cluster\":\"backend\",\"endpoint\":\"" + failing.authority() + "\",\"ms\":700");
            assertThat(rig.metrics().text())
                    .contains("sallyport_cluster_ejections_total{cluster=\"backend\"} ")
                    .doesNotContain("sallyport_cluster_ejections_total{cluster=\"backend\"} 0");
            good.set(true);
            Await.until("it returns", () -> rig.events().contains("endpoint-returned"));
            int before = failing.requests().size();
            Await.until(
                    "it is used again",
                    () -> get(rig).status() == 200 && failing.requests().size() > before);
            assertThat(rig.metrics().text())
                    .contains("sallyport_cluster_endpoint_states{cluster=\"backend\",state=\"healthy\"} 2")
                    .contains("sallyport_cluster_endpoint_states{cluster=\"backend\",state=\"ejected\"} 0");
        }
    }

    @Test
    void asksOnlyTheHealthyWhileThereAreSome() throws Exception {
        try (Origin failing = Origin.answering(BAD);
                Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .reverse(failing, origin)
                        .backend(Clusters.health(passive(2, Duration.ofHours(1))))
                        .start();
                Wire client = rig.connect()) {
            int bad = 0;
            for (int i = 0; i < 20; i++) {
                client.send(GET);
                bad += client.readResponse().status() == 500 ? 1 : 0;
            }
            assertThat(bad).isEqualTo(2);
            rig.backend(Clusters.endpoints(failing));
            client.send(GET);
            assertThat(client.readResponse().status())
                    .as("all are ejected, so all are used")
                    .isEqualTo(500);
            rig.backend(Clusters.endpoints(failing, origin));
            rig.backend(Clusters.slowStart(Duration.ofNanos(1)));
            for (int i = 0; i < 4; i++) {
                client.send(GET);
                assertThat(client.readResponse().status())
                        .as("its ejection outlives changes")
                        .isEqualTo(200);
            }
            rig.backend(Clusters.health(HealthCheck.NONE));
            for (int i = 0; i < 10; i++) {
                client.send(GET);
                bad += client.readResponse().status() == 500 ? 1 : 0;
            }
            assertThat(bad).isEqualTo(7);
        }
    }

    /** Each kind of trouble counts. */
    @ParameterizedTest
    @ValueSource(strings = {"reset", "silence", "nonsense", "502", "refused"})
    void countsWhatGoesWrong(String trouble) throws Exception {
        Origin failing = Origin.scripted((wire, number) -> {
            wire.readRequest();
            switch (trouble) {
                case "silence" -> wire.readAll();
                case "nonsense" -> wire.send("nonsense\r\n\r\n");
                case "502" -> wire.send("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n");
                default -> wire.reset();
            }
        });
        try (failing;
                Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .retries(0)
                        .timeouts(t ->
                                new Timeouts(t.connect(), Duration.ofMillis(50), t.request(), t.idle(), t.lifetime()))
                        .reverse(failing, origin)
                        .backend(Clusters.health(passive(2, Duration.ofHours(1))))
                        .start()) {
            if (trouble.equals("refused")) {
                failing.close();
            }
            Await.until("it is ejected", () -> {
                get(rig);
                return rig.events().contains("endpoint-ejected");
            });
            for (int i = 0; i < 4; i++) {
                assertThat(get(rig).body()).isEqualTo("ok");
            }
        }
    }

    @Test
    void aNewEndpointBeginsWithASmallShare() throws Exception {
        try (Origin old = Origin.saying("ok");
                Origin added = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .reverse(old)
                        .backend(Clusters.slowStart(Duration.ofHours(1)))
                        .start();
                Wire client = rig.connect()) {
            rig.backend(Clusters.endpoints(old, added));
            for (int i = 0; i < 22; i++) {
                client.send(GET);
                client.readResponse();
            }
            assertThat(added.requests()).hasSize(2);
            rig.backend(Clusters.slowStart(Duration.ZERO));
            for (int i = 0; i < 10; i++) {
                client.send(GET);
                client.readResponse();
            }
            assertThat(added.requests()).hasSize(7);
        }
    }
}
