package dev.sallyport.operator.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.operator.cluster.ApiServer;
import dev.sallyport.operator.cluster.NeedsApiServer;
import dev.sallyport.operator.cluster.Until;
import dev.sallyport.operator.cluster.WithApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@NeedsApiServer
@ExtendWith(WithApiServer.class)
class DeliveryTest {
    private static final String PROXY = "uid-of-egress";

    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicReference<String> answer = new AtomicReference<>("{}");
    private final Semaphore asked = new Semaphore(0);
    private KubernetesClient operator;
    private Delivery delivery;
    private HttpServer http;
    private Pod pod;

    @BeforeEach
    void start(ApiServer server) throws IOException {
        operator = new KubernetesClientBuilder().withConfig(server.operator()).build();
        delivery = new Delivery(new AdminPort(), new Nudge(operator));
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        http.createContext("/config", exchange -> {
            asked.release();
            byte[] bytes = answer.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            try (var body = exchange.getResponseBody()) {
                body.write(bytes);
            }
        });
        http.start();
        pod = server.admin()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withGenerateName("relay-")
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("relay")
                        .withImage("relay:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    @AfterEach
    void stop(ApiServer server) {
        delivery.close();
        http.stop(0);
        server.admin().resource(pod).withGracePeriod(0).delete();
        operator.close();
    }

    @Test
    void relayThatServesItIsLeftAlone(ApiServer server) {
        answer.set("{\"hash\":\"aa\",\"generation\":3,\"formats\":[1],\"later\":true}");
        Until.passes(() -> assertThat(pursue("aa").values())
                .singleElement()
                .isEqualTo(new Answer.Heard("aa", null, null, null, null)));
        Until.passes(() -> assertThat(changes).hasValue(1));
        assertThat(mark(server)).isEmpty();
    }

    @Test
    void hearsThatSecretsAreAwaited(ApiServer server) {
        answer.set("{\"hash\":\"aa\",\"waiting\":{\"reason\":\"WaitingForSecret\",\"hash\":\"bb\"}}");
        Until.passes(() -> assertThat(pursue("bb").values())
                .singleElement()
                .isEqualTo(new Answer.Heard("aa", null, null, new Answer.Heard.Waiting("bb"), null))
                .matches(heard -> ((Answer.Heard) heard).awaitsSecretsOf("bb")));
    }

    @Test
    void nudgesUntilTheNewOneIsServed(ApiServer server) {
        answer.set("{\"hash\":\"aa\",\"generation\":1}");
        pursue("bb");
        Until.passes(() -> assertThat(mark(server)).contains("bb/2"));
        assertThat(pursue("bb").values()).noneMatch(a -> a.serves("bb"));
        answer.set("{\"hash\":\"bb\",\"generation\":2}");
        Until.passes(() -> assertThat(pursue("bb").values()).singleElement().matches(a -> a.serves("bb")));
    }

    @Test
    void newerConfigurationEndsThePursuitOfTheOlder(ApiServer server) {
        answer.set("{\"hash\":\"aa\"}");
        pursue("bb");
        pursue("cc");
        Until.passes(() -> assertThat(mark(server))
                .hasValueSatisfying(mark -> assertThat(mark).startsWith("cc/")));
        answer.set("{\"hash\":\"cc\"}");
        Until.passes(() -> assertThat(pursue("cc").values()).singleElement().matches(a -> a.serves("cc")));
    }

    @Test
    void relayThatRefusesItIsNotNudgedAgain(ApiServer server) {
        answer.set("{\"hash\":\"aa\",\"generation\":1,\"error\":\"port 80 is in use\",\"refused\":\"bb\"}");
        Until.passes(() -> assertThat(pursue("bb").values())
                .singleElement()
                .isInstanceOfSatisfying(Answer.Heard.class, heard -> {
                    assertThat(heard.error()).contains("in use");
                    assertThat(heard.refuses("bb")).isTrue();
                }));
        assertThat(mark(server)).isEmpty();
        answer.set("{\"hash\":\"bb\",\"generation\":2}");
        Until.passes(() -> assertThat(pursue("bb").values()).singleElement().matches(a -> a.serves("bb")));
    }

    @Test
    void answersThatAreNoneSayWhy() throws IOException {
        answer.set("<html>");
        Until.passes(() -> assertThat(pursue("aa").values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Answer.Silent.class,
                        silent -> assertThat(silent.reason()).contains("something else than JSON")));
        answer.set("{\"error\":\"" + "x".repeat(100_000) + "\"}");
        Until.passes(() -> assertThat(pursue("aa").values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Answer.Silent.class,
                        silent -> assertThat(silent.reason()).contains("does not answer")));
        http.stop(0);
        Until.passes(() -> assertThat(pursue("aa").values())
                .singleElement()
                .isInstanceOfSatisfying(
                        Answer.Silent.class,
                        silent -> assertThat(silent.reason())
                                .contains(":" + http.getAddress().getPort() + "/config does not answer")));
    }

    @Test
    void silenceIsNoReasonToNudgeButOnceAfterAChange(ApiServer server) throws InterruptedException {
        answer.set("<html>");
        pursue("aa");
        askedAgain();
        assertThat(mark(server)).isEmpty();
        pursue("bb");
        Until.passes(() -> assertThat(mark(server)).contains("bb/1"));
        askedAgain();
        assertThat(mark(server)).contains("bb/1");
        answer.set("{\"hash\":\"aa\"}");
        Until.passes(() -> assertThat(mark(server)).contains("bb/2"));
    }

    /** Until past the moment at which one that answers is nudged for the second time. */
    private void askedAgain() throws InterruptedException {
        asked.drainPermits();
        assertThat(asked.tryAcquire(6, 30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void forgetsRelaysThatAreGone() {
        answer.set("{\"hash\":\"aa\"}");
        Until.passes(() -> assertThat(pursue("aa")).hasSize(1));
        assertThat(delivery.pursue(PROXY, List.of(), changes::incrementAndGet)).isEmpty();
    }

    private Map<String, Answer> pursue(String hash) {
        return delivery.pursue(PROXY, List.of(relay(hash)), changes::incrementAndGet);
    }

    private Relay relay(String wanted) {
        return new Relay(
                "default",
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                "127.0.0.1",
                http.getAddress().getPort(),
                wanted);
    }

    private Optional<String> mark(ApiServer server) {
        return Optional.ofNullable(
                        server.admin().resource(pod).get().getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Nudge.ANNOTATION));
    }
}
