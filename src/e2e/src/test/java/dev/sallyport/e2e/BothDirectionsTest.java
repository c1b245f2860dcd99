package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.Example;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of a relay that guards both directions of an application. */
@ExtendWith(Suite.class)
@Order(5)
class BothDirectionsTest {
    private static final String NAMESPACE = "example-both";

    private final World world;
    private final Example example;

    BothDirectionsTest(World world) {
        this.world = world;
        this.example = world.example("11-both-directions");
    }

    @BeforeAll
    void start() {
        example.run("kubectl apply");
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    void aRequestPassesTheEdgeAndTheGuard() {
        Answer answer = example.curl("/orders/7");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.received("X-Forwarded-For").split(", ")).hasSize(2);
        assertThat(answer.received("Traceparent")).startsWith("00-");
    }

    @Test
    void whatNoRuleIsForIsAnsweredByTheGuard() {
        Answer answer = example.curl("http://shop/admin");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(404);
        assertThat(answer.field("Proxy-Status")).endsWith("hop=\"reverse example-both/guard\"");
    }

    @Test
    void theApplicationsOwnCallIsJudgedToo() {
        Answer answer = example.curl("/call?url=");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).contains("hop=\"forward example-both/egress\"");
    }

    @Test
    void bothProxiesCountTheRelay() {
        Until.holds(
                PATIENCE,
                () -> assertThat(example.run("{.status.sidecars}"))
                        .contains(
                                "ForwardProxy {\"programmed\":1,\"ready\":1}",
                                "ReverseProxy {\"programmed\":1,\"ready\":1}"));
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theReadmeHasNoOtherCommands() {
        assertThat(example.left()).isEmpty();
    }
}
