package dev.sallyport.relay.upstream.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Loops;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterLimitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Metrics metrics = new Metrics();
    private final List<String> told = new ArrayList<>();
    private Loops loops = Loops.NONE;
    private Loop here;
    private Loop there;

    @BeforeAll
    void start() {
        loops = Loops.start(2, Transport.NIO);
        here = loops.all().getFirst();
        there = loops.all().getLast();
    }

    @AfterAll
    void stop() {
        loops.stop().join();
    }

    private final class Named extends ClusterLimits.Waiting {
        private final String name;

        Named(String name, Loop loop, Right right, boolean reuses, long since) {
            super(loop, right, reuses, since);
            this.name = name;
        }

        @Override
        protected void resume() {
            told.add(name + " goes on");
        }

        @Override
        protected void call(Runnable unused) {
            told.add(name + " is called");
        }
    }

    private Named named(String name, Right right) {
        return new Named(name, here, right, true, 0);
    }

    private ClusterLimits limits(int connections, int pending, int parallel) {
        told.clear();
        return new ClusterLimits(new CircuitBreaker(connections, pending, parallel, SECOND), metrics.cluster("a"));
    }

    @Test
    void handsWhatIsGivenBackToTheFirst() {
        ClusterLimits limits = limits(0, 0, 2);
        assertThat(limits.limitsRequests()).isTrue();
        assertThat(limits.take(Right.RUN)).isTrue();
        assertThat(limits.take(Right.RUN)).isTrue();
        assertThat(limits.take(Right.RUN)).isFalse();
        assertThat(limits.take(Right.CONNECTION)).as("has no limit").isTrue();
        limits.enqueue(named("one", Right.RUN));
        limits.enqueue(named("other", Right.RUN));
        limits.giveBack(Right.RUN);
        assertThat(told).containsExactly("one goes on");
        assertThat(limits.take(Right.RUN)).as("before one that waits").isFalse();
        limits.giveBack(Right.RUN);
        limits.giveBack(Right.RUN);
        assertThat(told).containsExactly("one goes on", "other goes on");
        assertThat(limits.take(Right.RUN)).isTrue();
    }

    @Test
    void letsOnlySoManyWait() {
        ClusterLimits limits = limits(1, 2, 1);
        limits.take(Right.RUN);
        limits.take(Right.CONNECTION);
        assertThat(limits.enqueue(named("one", Right.RUN))).isTrue();
        assertThat(limits.pressed()).isFalse();
        assertThat(limits.enqueue(named("other", Right.CONNECTION))).isTrue();
        assertThat(limits.pressed()).isTrue();
        assertThat(limits.enqueue(named("third", Right.RUN))).isFalse();
        assertThat(metrics.text())
                .contains("sallyport_cluster_requests_waiting{cluster=\"a\"} 2")
                .contains("sallyport_cluster_limit_refusals_total{cluster=\"a\",reason=\"full\"} 1");
        limits.limit(new CircuitBreaker(1, 2, 1, Duration.ZERO));
        assertThat(limits.enqueue(named("fourth", Right.RUN)))
                .as("without time to wait")
                .isFalse();
    }

    @Test
    void takesBackWhatWasGrantedToOneThatLeft() {
        ClusterLimits limits = limits(1, 0, 0);
        limits.take(Right.CONNECTION);
        Named one = named("one", Right.CONNECTION);
        Named other = named("other", Right.CONNECTION);
        limits.enqueue(one);
        limits.enqueue(other);
        limits.enqueue(named("third", Right.CONNECTION));
        limits.withdraw(other);
        limits.giveBack(Right.CONNECTION);
        limits.withdraw(one);
        assertThat(told).containsExactly("one goes on", "third goes on");
        assertThat(limits.pressed()).isFalse();
        assertThat(limits.take(Right.CONNECTION)).isFalse();
    }

    @Test
    void largerLimitsLetTheNextOnesGoOn() {
        ClusterLimits limits = limits(0, 0, 1);
        limits.take(Right.RUN);
        for (int i = 0; i < 4; i++) {
            limits.enqueue(named("" + i, Right.RUN));
        }
        limits.limit(new CircuitBreaker(0, 0, 3, SECOND));
        assertThat(told).containsExactly("0 goes on", "1 goes on");
        limits.dissolve();
        assertThat(told).hasSize(4);
    }

    @Test
    void callsTheFirstThatAnIdleConnectionIsFor() {
        ClusterLimits limits = limits(1, 0, 0);
        limits.take(Right.CONNECTION);
        assertThat(limits.call(here, () -> {})).as("nobody waits").isTrue();
        limits.enqueue(new Named("far", there, Right.CONNECTION, true, 0));
        limits.enqueue(new Named("picky", here, Right.CONNECTION, false, 1));
        limits.enqueue(new Named("near", here, Right.CONNECTION, true, ClusterLimits.PATIENCE));
        limits.enqueue(new Named("late", here, Right.CONNECTION, true, ClusterLimits.PATIENCE + 1));
        assertThat(limits.call(here, () -> {})).isTrue();
        assertThat(told).containsExactly("near is called");
        assertThat(limits.call(here, () -> {}))
                .as("the first has waited for too long")
                .isFalse();
        limits.giveBack(Right.CONNECTION);
        assertThat(told).containsExactly("near is called", "far goes on");
    }

    /** Whatever comes in whatever order: never more than the limit, everybody in the order in which they came, none forgotten. */
    @Test
    void neverGivesTooManyAndForgetsNobody() {
        SplittableRandom random = new SplittableRandom(13);
        ClusterLimits limits = limits(0, 0, 3);
        int runs = 0;
        int came = 0;
        int left = 0;
        List<Named> queue = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            int before = told.size();
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    if (limits.take(Right.RUN)) {
                        runs++;
                    } else {
                        Named next = named("" + came++, Right.RUN);
                        queue.add(next);
                        limits.enqueue(next);
                    }
                }
                case 2 -> {
                    if (!queue.isEmpty()) {
                        limits.withdraw(queue.remove(random.nextInt(queue.size())));
                        left++;
                    }
                }
                default -> {
                    if (runs > 0) {
                        runs--;
                        limits.giveBack(Right.RUN);
                    }
                }
            }
            for (String one : told.subList(before, told.size())) {
                assertThat(one).isEqualTo(queue.removeFirst().name + " goes on");
                runs++;
            }
            assertThat(runs).isLessThanOrEqualTo(3);
            assertThat(queue.isEmpty() || runs == 3).isTrue();
        }
        assertThat(told).hasSize(came - left - queue.size());
    }
}
