package dev.sallyport.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.Example;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of a pod whose kernel leads its connections to the relay. */
@ExtendWith(Suite.class)
@Order(5)
class RedirectExampleTest {
    private final World world;
    private final Example example;

    RedirectExampleTest(World world) {
        this.world = world;
        this.example = world.example("12-redirect");
    }

    @BeforeAll
    void start() {
        example.run("kubectl apply");
    }

    @AfterAll
    void end() {
        world.remove("example-redirect");
    }

    @Test
    void whatIsNotAllowedIsAnsweredByTheRelay() {
        Answer answer = example.curl("-si http://");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.field("Proxy-Status")).contains("hop=\"forward example-redirect/egress\"");
    }

    @Test
    void tlsEndsBeforeItHasBegun() {
        assertThat(example.attempt("-sk --max-time").succeeded()).isFalse();
    }

    @Test
    void thePodShowsItsRules() {
        assertThat(example.run("initContainers[0].args")).contains("table inet sallyport {", "redirect to :15701");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theReadmeHasNoOtherCommands() {
        assertThat(example.left()).isEmpty();
    }
}
