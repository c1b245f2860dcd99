package dev.sallyport.relay.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Drain;
import dev.sallyport.relay.admin.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DrainSequenceTest {
    private static final Drain HOURS = new Drain(Duration.ofHours(1), Duration.ofHours(1));

    private final Readiness readiness = new Readiness();
    private final List<String> steps = new ArrayList<>();

    @Test
    void isNotReadyBeforeItWaitsAndHandsTheGraceOn() {
        sequence(CompletableFuture.completedFuture(null)).run(new Drain(Duration.ZERO, Duration.ofSeconds(7)));
        assertThat(steps).containsExactly("announced, obstacle " + readiness.obstacle(), "grace PT7S");
        assertThat(readiness.obstacle()).isNotNull();
    }

    @Test
    void losesNoHurryThatComesBeforeTheDelayBegins() {
        DrainSequence sequence = sequence(CompletableFuture.completedFuture(null));
        sequence.hurry();
        sequence.run(HOURS);
        assertThat(steps).last().isEqualTo("grace PT1H");
    }

    @Test
    void endsTheGraceWhenHurriedAgain() throws Exception {
        DrainSequence sequence = sequence(new CompletableFuture<>());
        sequence.hurry();
        Thread run = Thread.ofVirtual().start(() -> sequence.run(HOURS));
        while (!run.join(Duration.ofMillis(10))) {
            sequence.hurry();
        }
        assertThat(steps).last().isEqualTo("grace PT1H");
    }

    private DrainSequence sequence(CompletableFuture<Void> left) {
        return new DrainSequence(readiness, () -> steps.add("announced, obstacle " + readiness.obstacle()), grace -> {
            steps.add("grace " + grace);
            return left;
        });
    }
}
