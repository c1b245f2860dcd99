package dev.sallyport.e2e;

import static dev.sallyport.e2e.harness.World.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.e2e.harness.Example;
import dev.sallyport.e2e.harness.Run;
import dev.sallyport.e2e.harness.Suite;
import dev.sallyport.e2e.harness.Until;
import dev.sallyport.e2e.harness.World;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The example of gRPC. */
@ExtendWith(Suite.class)
@Order(4)
class GrpcTest {
    private static final String NAMESPACE = "example-grpc";

    private final World world;
    private final Example example;

    GrpcTest(World world) {
        this.world = world;
        this.example = world.example("07-grpc");
    }

    @BeforeAll
    void start() {
        example.run("kubectl apply");
        Until.holds(PATIENCE, () -> example.run("api-relay:443 list"));
    }

    @AfterAll
    void end() {
        world.remove(NAMESPACE);
    }

    @Test
    void reflectionIsAStreamInBothDirections() {
        assertThat(example.run("api-relay:443 list").lines()).contains("grpc.testing.TestService");
    }

    @Test
    void aCallIsAnsweredAndItsDeadlineToldOn() {
        String answer = example.run("UnaryCall");

        assertThat(answer).contains("\"body\": \"aGVsbG8=\"").contains("x-echo-timeout: 20s");
    }

    @Test
    void messagesOfAStreamArrive() {
        String answer = example.run("\"size\": 3");

        assertThat(answer.split("\"payload\"", -1)).as(answer).hasSize(4);
        assertThat(answer).contains("\"AA==\"", "\"AAA=\"", "\"AAAA\"");
    }

    @Test
    void aStatusComesInTheTrailersAfterTheMessages() {
        Run failed = example.attempt("no such thing");

        assertThat(failed.status()).isEqualTo(64 + 5);
        assertThat(failed.out()).contains("\"AA==\"");
        assertThat(failed.err()).contains("Code: NotFound", "Message: no such thing");
    }

    @Test
    void aDeadlineEndsTheCall() {
        Run late = example.attempt("-max-time 1 ");

        assertThat(late.status()).as(late.toString()).isEqualTo(64 + 4);
        assertThat(late.err()).contains("Code: DeadlineExceeded");
    }

    @Test
    void theCallsOfOneConnectionGoToBothPods() {
        Until.holds(PATIENCE, () -> {
            Run calls = example.attempt("#[1-20]");

            Map<String, Long> answered = calls.out()
                    .lines()
                    .filter(line -> line.startsWith("x-echo-pod: "))
                    .collect(Collectors.groupingBy(line -> line, Collectors.counting()));
            assertThat(answered).as(calls.toString()).hasSize(2);
            assertThat(answered.values()).containsExactly(10L, 10L);
            assertThat(calls.out().lines().filter(line -> line.startsWith("new connections: ")))
                    .hasSize(20)
                    .filteredOn(line -> !line.equals("new connections: 0"))
                    .containsExactly("new connections: 1");
        });
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theReadmeHasNoOtherCommands() {
        assertThat(example.left()).isEmpty();
    }
}
