package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster.Balancing;
import dev.sallyport.model.config.OriginConnections.Reuse;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Configs;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The most that is asked of a cluster at a time. */
class LimitsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofHours(1);
    private static final String WAITING = "sallyport_cluster_requests_waiting{cluster=\"backend\"}";

    private final Semaphore answers = new Semaphore(0);

    /** Answers as often as it is let. */
    private Origin held() {
        return Origin.serving((wire, request) -> {
            answers.acquire();
            wire.send(GOOD);
        });
    }

    private static Rig rig(int loops, CircuitBreaker limits, Origin... origins) throws Exception {
        return Rig.setup()
                .loops(loops)
                .reverse(origins)
                .backend(Clusters.limits(limits))
                .start();
    }

    private static Wire send(Rig rig, String request) {
        return rig.connect().send(request);
    }

    @Test
    void letsRequestsWaitInTurnUntilOneEnds() throws Exception {
        try (Origin origin = held();
                Rig rig = rig(1, new CircuitBreaker(0, 2, 1, LONG), origin);
                Wire first = send(rig, GET)) {
            Await.until("one runs", () -> origin.requests().size() == 1);
            Wire second = send(rig, "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("one waits", () -> rig.metric(WAITING) == 1);
            Wire third = send(rig, "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("two wait", () -> rig.metric(WAITING) == 2);
            try (Wire fourth = send(rig, GET)) {
                Wire.Response response = fourth.readResponse();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.field("proxy-status")).contains("error=connection_limit_reached");
                assertThat(rig.decision().error()).isEqualTo(ProxyError.CONNECTION_LIMIT_REACHED);
                fourth.send(GET);
                assertThat(fourth.readResponse().status())
                        .as("its connection serves on")
                        .isEqualTo(503);
            }
            assertThat(origin.requests()).hasSize(1);
            answers.release(3);
            for (Wire client : List.of(first, second, third)) {
                assertThat(client.readResponse().body()).isEqualTo("ok");
                client.close();
            }
            assertThat(origin.requests())
                    .extracting(Wire.Request::line)
                    .containsSubsequence("GET / HTTP/1.1", "GET /2 HTTP/1.1", "GET /3 HTTP/1.1");
            assertThat(rig.metric(WAITING)).isZero();
        }
    }

    @Test
    void answersWhenNoneEndsInTime() throws Exception {
        try (Origin origin = held();
                Rig rig = rig(1, new CircuitBreaker(0, 0, 1, Duration.ofMillis(50)), origin);
                Wire first = send(rig, GET)) {
            Await.until("one runs", () -> origin.requests().size() == 1);
            try (Wire second = send(rig, GET)) {
                Wire.Response response = second.readResponse();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.body()).contains("none ended in time");
            }
            assertThat(rig.metric("sallyport_cluster_limit_refusals_total{cluster=\"backend\",reason=\"late\"}"))
                    .isEqualTo(1);
            answers.release();
            assertThat(first.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void forgetsAClientThatLeavesTheQueue() throws Exception {
        try (Origin origin = held();
                Rig rig = rig(1, new CircuitBreaker(0, 0, 1, LONG), origin);
                Wire first = send(rig, GET)) {
            Await.until("one runs", () -> origin.requests().size() == 1);
            Wire second = send(rig, GET);
            Await.until("one waits", () -> rig.metric(WAITING) == 1);
            second.reset();
            Await.until("none waits", () -> rig.metric(WAITING) == 0);
            answers.release();
            first.readResponse();
            first.send(GET);
            answers.release();
            assertThat(first.readResponse().status()).isEqualTo(200);
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void opensNoMoreConnectionsThanTheLimit(int loops) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        try (Origin origin = Origin.serving((wire, request) -> {
                    most.accumulateAndGet(asked.incrementAndGet(), Math::max);
                    begin.await();
                    asked.decrementAndGet();
                    wire.send(GOOD);
                });
                Rig rig = rig(loops, new CircuitBreaker(2, 0, 0, LONG), origin)) {
            List<Thread> clients = new ArrayList<>();
            AtomicInteger good = new AtomicInteger();
            for (int i = 0; i < 12; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    try (Wire client = rig.connect()) {
                        for (int n = 0; n < 15; n++) {
                            client.send(n % 3 == 0 ? POST : GET);
                            good.addAndGet(client.readResponse().status() == 200 ? 1 : 0);
                        }
                    }
                }));
            }
            Await.until("two run and the others wait", () -> asked.get() == 2 && rig.metric(WAITING) == 10);
            assertThat(origin.accepted()).isEqualTo(2);
            begin.countDown();
            for (Thread client : clients) {
                client.join();
            }
            assertThat(good).hasValue(180);
            assertThat(most).hasValue(2);
            assertThat(rig.metric(WAITING)).isZero();
            Await.until("all others were closed", () -> origin.open() <= 2);
        }
    }

    @Test
    void usesAConnectionAgainRatherThanToWait() throws Exception {
        try (Origin one = Origin.saying("ok");
                Origin other = Origin.saying("ok");
                Rig rig = rig(1, new CircuitBreaker(1, 0, 0, LONG), one, other);
                Wire client = rig.connect()) {
            for (int i = 0; i < 6; i++) {
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            assertThat(one.accepted() + other.accepted()).isEqualTo(1);
            rig.backend(Clusters.reuse(Reuse.NEVER));
            for (int i = 0; i < 6; i++) {
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            assertThat(one.accepted() + other.accepted()).isEqualTo(7);
        }
    }

    @Test
    void givesTheConnectionOfOneEndpointUpForARequestThatNeedsANewOne() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = rig(1, new CircuitBreaker(1, 0, 0, LONG), origin);
                Wire client = rig.connect();
                Wire other = rig.connect()) {
            client.send(GET);
            client.readResponse();
            other.send(POST);
            assertThat(other.readResponse().body()).isEqualTo("ok");
            assertThat(origin.accepted()).isEqualTo(2);
        }
    }

    @Test
    void countsAFailedConnectionNoMore() throws Exception {
        Origin gone = Origin.saying("ok");
        gone.close();
        try (Rig rig = rig(1, new CircuitBreaker(1, 1, 1, LONG), gone);
                Wire client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send(GET);
                assertThat(client.readResponse().status()).isEqualTo(502);
            }
        }
    }

    @Test
    void keepsTheQueueThroughAReloadAndLetsItGoWithTheCluster() throws Exception {
        try (Origin origin = held();
                Rig rig = rig(2, new CircuitBreaker(0, 0, 1, LONG), origin);
                Wire first = send(rig, GET)) {
            Await.until("one runs", () -> origin.requests().size() == 1);
            Map<String, Wire> waiting = Map.of("two", send(rig, GET), "three", send(rig, GET));
            Await.until("two wait", () -> rig.metric(WAITING) == 2);
            rig.backend(Clusters.balancing(Balancing.LEAST_REQUEST));
            assertThat(rig.metric(WAITING)).isEqualTo(2);
            rig.backend(Clusters.limits(new CircuitBreaker(0, 0, 2, LONG)));
            Await.until("one more runs", () -> origin.requests().size() == 2);
            assertThat(rig.metric(WAITING)).isEqualTo(1);
            rig.apply(Configs.clusters(rig.config(), List.of()));
            answers.release(2);
            List<Integer> statuses = new ArrayList<>();
            for (Wire client : waiting.values()) {
                statuses.add(client.readResponse().status());
                client.close();
            }
            assertThat(statuses).containsExactlyInAnyOrder(200, 503);
            assertThat(first.readResponse().status()).isEqualTo(200);
        }
    }
}
