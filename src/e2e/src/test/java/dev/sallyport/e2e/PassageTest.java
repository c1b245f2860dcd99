package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Answer;
import dev.sallyport.e2e.harness.Example;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of connections that are passed through. */
@ExtendWith(Suite.class)
@Order(4)
class PassageTest {
    private static final String NAMESPACE = "example-tcp";

    private final World world;
    private final Example example;

    PassageTest(World world) {
        this.world = world;
        this.example = world.example("06-tcp-and-tls");
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
    void aServerThatSpeaksFirstIsToldWhoTheClientIs() {
        String said = Until.holds(PATIENCE, () -> example.run("/echo say"));

        String client = world.kubectl().run("get", "pod", "-n", NAMESPACE, "client", "-o", "jsonpath={.status.podIP}");
        assertThat(said.lines())
                .as(said)
                .satisfiesExactly(
                        greeting -> assertThat(greeting).matches("lines-\\S+: hello \\Q" + client + "\\E by [0-9.]+"),
                        one -> assertThat(one).matches("lines-\\S+: one"),
                        two -> assertThat(two).matches("lines-\\S+: two"));
        assertThat(said).doesNotContain("by " + client);
    }

    @Test
    void aClientSeesTheCertificateOfTheServerThatItAskedFor() {
        assertThat(Until.holds(PATIENCE, () -> example.run("-servername pay.example.com")))
                .contains("CN = pay.example.com");

        Answer other = Until.holds(PATIENCE, () -> {
            Answer answer = example.curl("https://any.example.com/hello");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            return answer;
        });
        assertThat(other.server()).startsWith("shop-");
        assertThat(other.field("X-Echo-Server-Name")).isEqualTo("any.example.com");
        assertThat(other.error()).contains("subject: CN=shop.example.com");
    }

    @Test
    void aNameThatNoRuleTakesIsRefusedInTheHandshake() {
        Run refused = example.attempt("-servername pay.example.org");

        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.err()).contains("unrecognized name");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theReadmeHasNoOtherCommands() {
        assertThat(example.left()).isEmpty();
    }
}
