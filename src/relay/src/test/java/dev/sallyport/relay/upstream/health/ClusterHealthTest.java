package dev.sallyport.relay.upstream.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.HealthCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterHealthTest {
    private static final long SECOND = 1_000_000_000;
    private static final HealthCheck.Passive PASSIVE = new HealthCheck.Passive(3, Duration.ofSeconds(10), 50);
    private static final HealthCheck.Active ACTIVE =
            new HealthCheck.Active("", "", List.of(), Duration.ofSeconds(5), Duration.ofSeconds(1), 3, 2);

    private final Changes changes = new Changes();
    private final ClusterHealth cluster = new ClusterHealth(new HealthCheck(ACTIVE, PASSIVE), changes);

    /** The times of {@link System#nanoTime()} may be below 0, and pass it. */
    private long now = -15 * SECOND;

    private List<EndpointHealth> endpoints(int count) {
        return cluster.update(
                IntStream.range(0, count)
                        .mapToObj(i -> new Endpoint("10.0.0." + i, 80))
                        .toList(),
                now);
    }

    private void fail(EndpointHealth endpoint, int times) {
        for (int i = 0; i < times; i++) {
            endpoint.failed(now);
        }
    }

    private void pass(long seconds) {
        now += seconds * SECOND;
        cluster.advance(now);
    }

    @Test
    void ejectsAfterErrorsInARowAlone() {
        List<EndpointHealth> all = endpoints(4);
        fail(all.getFirst(), 2);
        all.getFirst().succeeded();
        fail(all.getFirst(), 2);
        assertThat(all.getFirst().usable()).isTrue();
        int before = cluster.version();
        fail(all.getFirst(), 1);
        assertThat(all.getFirst().usable()).isFalse();
        assertThat(cluster.version()).isGreaterThan(before);
        assertThat(changes.told()).containsExactly("10.0.0.0:80 ejected for 10");
        assertThat(changes.counts()).isEqualTo("3 1 0");
        fail(all.getFirst(), 5);
        assertThat(changes.told()).isEmpty();
    }

    @Test
    void ejectsForLongerEachTimeInARow() {
        EndpointHealth endpoint = endpoints(2).getFirst();
        for (int seconds : new int[] {10, 20, 30, 40}) {
            fail(endpoint, 3);
            assertThat(changes.told()).containsExactly("10.0.0.0:80 ejected for " + seconds);
            pass(seconds - 1);
            assertThat(endpoint.usable()).isFalse();
            assertThat(cluster.advance(now)).isEqualTo(now + SECOND);
            pass(1);
            assertThat(endpoint.usable()).isTrue();
            assertThat(endpoint.since()).isEqualTo(now);
            assertThat(changes.told()).containsExactly("10.0.0.0:80 returned");
            assertThat(cluster.advance(now)).isEqualTo(Long.MAX_VALUE);
        }
        pass(40);
        fail(endpoint, 3);
        assertThat(changes.told()).containsExactly("10.0.0.0:80 ejected for 10");
    }

    @Test
    void ejectsForFiveMinutesAtMost() {
        EndpointHealth endpoint = endpoints(2).getFirst();
        for (int i = 0; i < 100; i++) {
            fail(endpoint, 3);
            now = cluster.advance(now);
            cluster.advance(now);
        }
        assertThat(changes.told()).contains("10.0.0.0:80 ejected for 300").noneMatch(told -> told.endsWith(" 310"));
        assertThat(endpoint.usable()).isTrue();
    }

    @Test
    void ejectsAShareAtATimeAndOneAtLeast() {
        List<EndpointHealth> all = endpoints(5);
        all.forEach(endpoint -> fail(endpoint, 3));
        assertThat(all.stream().filter(EndpointHealth::usable)).hasSize(3);
        pass(10);
        assertThat(all).allMatch(EndpointHealth::usable);
        fail(all.getLast(), 3);
        assertThat(all.getLast().usable()).isFalse();
        List<EndpointHealth> one = endpoints(1);
        fail(one.getFirst(), 3);
        assertThat(one.getFirst().usable()).isFalse();
    }

    @Test
    void keepsTheHealthOfThoseThatStay() {
        List<EndpointHealth> before = endpoints(2);
        assertThat(before).allMatch(endpoint -> endpoint.since() == EndpointHealth.OF_OLD);
        fail(before.getFirst(), 3);
        now += SECOND;
        List<EndpointHealth> after = endpoints(3);
        assertThat(after.getFirst()).isSameAs(before.getFirst());
        assertThat(after.getFirst().usable()).isFalse();
        assertThat(after.get(1).since()).isEqualTo(EndpointHealth.OF_OLD);
        assertThat(after.getLast().since()).isEqualTo(now);
        endpoints(0);
        changes.told();
        fail(after.getLast(), 9);
        assertThat(changes.told()).as("of one that is gone").isEmpty();
        assertThat(changes.counts()).isEqualTo("0 0 0");
    }

    @Test
    void activeChecksTurnAtTheirThresholds() {
        EndpointHealth endpoint = endpoints(2).getFirst();
        boolean[] results = {false, false, true, false, false, false, true, false, true, true};
        List<Boolean> usable = new ArrayList<>();
        for (boolean good : results) {
            now += SECOND;
            cluster.probed(endpoint, good, now);
            usable.add(endpoint.usable());
        }
        assertThat(usable).containsExactly(true, true, true, true, true, false, false, false, false, true);
        assertThat(endpoint.since()).isEqualTo(now);
        assertThat(changes.told()).containsExactly("10.0.0.0:80 failing", "10.0.0.0:80 recovered");
    }

    @Test
    void isUsableWhenNeitherCheckObjects() {
        EndpointHealth endpoint = endpoints(2).getFirst();
        fail(endpoint, 3);
        for (int i = 0; i < 3; i++) {
            cluster.probed(endpoint, false, now);
        }
        assertThat(changes.counts()).isEqualTo("1 1 0");
        pass(10);
        assertThat(endpoint.usable()).isFalse();
        assertThat(changes.counts()).isEqualTo("1 0 1");
        cluster.probed(endpoint, true, now);
        cluster.probed(endpoint, true, now);
        assertThat(endpoint.usable()).isTrue();
    }

    @Test
    void aChangedCheckForgetsOnlyWhatTheOldOneFound() {
        List<EndpointHealth> all = endpoints(4);
        fail(all.getFirst(), 3);
        for (int i = 0; i < 3; i++) {
            cluster.probed(all.get(1), false, now);
        }
        cluster.check(new HealthCheck(ACTIVE, new HealthCheck.Passive(9, Duration.ofSeconds(1), 10)), now);
        assertThat(changes.counts()).isEqualTo("2 1 1");
        cluster.check(new HealthCheck(null, PASSIVE), now);
        assertThat(changes.counts()).isEqualTo("3 1 0");
        cluster.check(HealthCheck.NONE, now);
        assertThat(changes.counts()).isEqualTo("4 0 0");
        fail(all.getFirst(), 100);
        assertThat(all.getFirst().usable()).isTrue();
    }

    /** Whatever happens, no more than the share is ejected, and all of them come back. */
    @Test
    void neverEjectsMoreThanTheShareAndLetsAllReturn() {
        SplittableRandom random = new SplittableRandom(12);
        List<EndpointHealth> all = endpoints(7);
        for (int i = 0; i < 20_000; i++) {
            EndpointHealth endpoint = all.get(random.nextInt(7));
            switch (random.nextInt(10)) {
                case 0 -> endpoint.succeeded();
                case 1 -> pass(random.nextInt(4));
                default -> endpoint.failed(now);
            }
            assertThat(all.stream().filter(EndpointHealth::usable).count()).isGreaterThanOrEqualTo(4);
        }
        pass(301);
        assertThat(all).allMatch(EndpointHealth::usable);
    }
}
