package dev.sallyport.relay.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sallyport.model.config.Cluster.Balancing;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.relay.upstream.health.Changes;
import dev.sallyport.relay.upstream.health.ClusterHealth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private final ClusterHealth health = new ClusterHealth(HealthCheck.NONE, new Changes());

    private EndpointState[] states(EndpointState[] before, List<Endpoint> endpoints) {
        return EndpointState.update(before, health.update(endpoints, 0));
    }

    private EndpointState[] endpoints(int count) {
        return states(
                new EndpointState[0],
                IntStream.range(0, count)
                        .mapToObj(i -> new Endpoint("10.0.0." + i, 80))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void picksNothingOutOfNothing(Balancing kind) {
        Balancer balancer = Balancer.of(kind, new SplittableRandom(1));
        EndpointState[] all = endpoints(3);
        assertThat(balancer.pick(new EndpointState[0], List.of(), false)).isNull();
        assertThat(balancer.pick(all, List.of(all), false)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void triesEachEndpointOnce(Balancing kind) {
        Balancer balancer = Balancer.of(kind, new SplittableRandom(2));
        EndpointState[] all = endpoints(7);
        for (int round = 0; round < 200; round++) {
            List<EndpointState> tried = new ArrayList<>();
            for (int i = 0; i < all.length; i++) {
                EndpointState picked = balancer.pick(all, tried, false);
                assertThat(picked).isNotNull();
                assertThat(tried).doesNotContain(picked);
                tried.add(picked);
            }
            assertThat(balancer.pick(all, tried, false)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void spreadsIdleEndpointsEvenly(Balancing kind) {
        Balancer balancer = Balancer.of(kind, new SplittableRandom(3));
        EndpointState[] all = endpoints(5);
        Map<EndpointState, Integer> picks = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            picks.merge(balancer.pick(all, List.of(), false), 1, Integer::sum);
        }
        assertThat(picks).hasSize(5);
        assertThat(picks.values()).allSatisfy(count -> assertThat(count).isCloseTo(10_000, within(400)));
    }

    @Test
    void leastRequestSpreadsRetriesEvenlyToo() {
        Balancer balancer = Balancer.of(Balancing.LEAST_REQUEST, new SplittableRandom(4));
        EndpointState[] all = endpoints(4);
        Map<EndpointState, Integer> picks = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            EndpointState first = balancer.pick(all, List.of(), false);
            picks.merge(balancer.pick(all, List.of(first), false), 1, Integer::sum);
        }
        assertThat(picks.values())
                .hasSize(4)
                .allSatisfy(count -> assertThat(count).isCloseTo(7_500, within(400)));
    }

    @Test
    void leastRequestNeverPicksTheBusiestAndOftenTheIdlest() {
        Balancer balancer = Balancer.of(Balancing.LEAST_REQUEST, new SplittableRandom(5));
        EndpointState[] all = endpoints(4);
        for (int i = 0; i < all.length; i++) {
            for (int n = 0; n < i; n++) {
                all[i].begin();
            }
        }
        int[] picks = new int[4];
        for (int i = 0; i < 60_000; i++) {
            picks[balancer.pick(all, List.of(), false).running()]++;
        }
        // Of the six pairs, the idlest is in three, the next in two more, then one, then none.
        assertThat(picks[0]).isCloseTo(30_000, within(600));
        assertThat(picks[1]).isCloseTo(20_000, within(600));
        assertThat(picks[2]).isCloseTo(10_000, within(600));
        assertThat(picks[3]).isZero();
    }

    @Test
    void leastRequestKeepsTheLongestQueueShort() {
        EndpointState[] all = endpoints(50);
        Balancer balancer = Balancer.of(Balancing.LEAST_REQUEST, new SplittableRandom(6));
        for (int i = 0; i < 5_000; i++) {
            balancer.pick(all, List.of(), false).begin();
        }
        int most = 0;
        for (EndpointState state : all) {
            most = Math.max(most, state.running());
        }
        // On average 100; drawn at random alone, the longest would have about 125.
        assertThat(most).isBetween(100, 104);
    }

    @Test
    void roundRobinTakesTurnsFromARandomStart() {
        EndpointState[] all = endpoints(4);
        Set<EndpointState> starts = new HashSet<>();
        SplittableRandom seeds = new SplittableRandom(7);
        for (int i = 0; i < 100; i++) {
            Balancer balancer = Balancer.of(Balancing.ROUND_ROBIN, seeds.split());
            List<EndpointState> order = new ArrayList<>();
            for (int n = 0; n < 8; n++) {
                order.add(balancer.pick(all, List.of(), false));
            }
            starts.add(order.getFirst());
            assertThat(order.subList(0, 4)).containsExactlyInAnyOrder(all).isEqualTo(order.subList(4, 8));
            List<EndpointState> expected = new ArrayList<>(List.of(all));
            Collections.rotate(expected, -expected.indexOf(order.getFirst()));
            assertThat(order.subList(0, 4)).isEqualTo(expected);
        }
        assertThat(starts).hasSize(4);
    }

    /** With weights 100, 500, 1000 and 1000. */
    private EndpointState[] warming() {
        EndpointState[] all = endpoints(4);
        all[0].weigh(100);
        all[1].weigh(500);
        return all;
    }

    @Test
    void roundRobinTakesTurnsByWeight() {
        EndpointState[] all = warming();
        Balancer balancer = Balancer.of(Balancing.ROUND_ROBIN, new SplittableRandom(8));
        Map<EndpointState, Integer> picks = new HashMap<>();
        int since = 0;
        for (int i = 0; i < 2600; i++) {
            EndpointState picked = balancer.pick(all, List.of(), true);
            picks.merge(picked, 1, Integer::sum);
            since = picked == all[0] ? 0 : since + 1;
            assertThat(since).isLessThanOrEqualTo(26);
        }
        assertThat(picks)
                .containsExactlyInAnyOrderEntriesOf(Map.of(all[0], 100, all[1], 500, all[2], 1000, all[3], 1000));
    }

    @Test
    void leastRequestDrawsByWeight() {
        EndpointState[] all = warming();
        Balancer balancer = Balancer.of(Balancing.LEAST_REQUEST, new SplittableRandom(9));
        Map<EndpointState, Integer> picks = new HashMap<>();
        for (int i = 0; i < 26_000; i++) {
            picks.merge(balancer.pick(all, List.of(), true), 1, Integer::sum);
        }
        assertThat(picks.get(all[0])).isCloseTo(1_000, within(150));
        assertThat(picks.get(all[1])).isCloseTo(5_000, within(300));
        assertThat(picks.get(all[2])).isCloseTo(10_000, within(400));
    }

    @ParameterizedTest
    @EnumSource
    void triesEachEndpointOnceWhileSomeAreWarming(Balancing kind) {
        EndpointState[] all = warming();
        Balancer balancer = Balancer.of(kind, new SplittableRandom(10));
        for (int round = 0; round < 200; round++) {
            List<EndpointState> tried = new ArrayList<>();
            for (int i = 0; i < all.length; i++) {
                tried.add(balancer.pick(all, tried, true));
            }
            assertThat(tried).containsExactlyInAnyOrder(all);
            assertThat(balancer.pick(all, tried, true)).isNull();
        }
    }

    /** By a clock that stands still between draws: the share of a new endpoint follows its age. */
    @ParameterizedTest
    @EnumSource
    void theShareOfANewEndpointGrowsEvenly(Balancing kind) {
        EndpointState[] all = endpoints(5);
        Balancer balancer = Balancer.of(kind, new SplittableRandom(11));
        int last = 0;
        for (int second = 0; second <= 30; second += 5) {
            int weight = SlowStart.weight(second, 30);
            all[0].weigh(weight);
            int picks = 0;
            for (int i = 0; i < 20_000; i++) {
                picks += balancer.pick(all, List.of(), true) == all[0] ? 1 : 0;
            }
            double share = weight / (weight + 4000.0);
            assertThat(picks).isGreaterThan(last).isCloseTo((int) (20_000 * share), within(300));
            last = picks;
        }
    }

    @Test
    void weightsGrowFromATenthToTheFull() {
        assertThat(SlowStart.weight(0, 1_000)).isEqualTo(100);
        assertThat(SlowStart.weight(100, 1_000)).isEqualTo(100);
        assertThat(SlowStart.weight(555, 1_000)).isEqualTo(555);
        assertThat(SlowStart.weight(1_000, 1_000)).isEqualTo(SlowStart.FULL);
        assertThat(SlowStart.weight(0, 0)).isEqualTo(SlowStart.FULL);
        long day = 86_400_000_000_000L;
        assertThat(SlowStart.weight(day / 2, day)).isEqualTo(500);
    }

    @Test
    void countsGoOnForEndpointsThatStay() {
        Endpoint stays = new Endpoint("10.0.0.1", 80);
        Endpoint goes = new Endpoint("10.0.0.2", 80);
        Endpoint comes = new Endpoint("2001:db8::1", 80);
        EndpointState[] before = states(new EndpointState[0], List.of(stays, goes));
        before[0].begin();
        EndpointState[] after = states(before, List.of(comes, stays));
        assertThat(after[1]).isSameAs(before[0]);
        assertThat(after[1].running()).isEqualTo(1);
        assertThat(after[0].address().getAddress().getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThatThrownBy(() -> states(after, List.of(new Endpoint("localhost", 80))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
