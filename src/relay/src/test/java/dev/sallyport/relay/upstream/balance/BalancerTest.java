package dev.sallyport.relay.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sallyport.model.config.Cluster.Balancing;
import dev.sallyport.model.config.EndpointSet.Endpoint;
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
    private static EndpointState[] endpoints(int count) {
        return EndpointState.update(
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
        assertThat(balancer.pick(new EndpointState[0], List.of())).isNull();
        assertThat(balancer.pick(all, List.of(all))).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void triesEachEndpointOnce(Balancing kind) {
        Balancer balancer = Balancer.of(kind, new SplittableRandom(2));
        EndpointState[] all = endpoints(7);
        for (int round = 0; round < 200; round++) {
            List<EndpointState> tried = new ArrayList<>();
            for (int i = 0; i < all.length; i++) {
                EndpointState picked = balancer.pick(all, tried);
                assertThat(picked).isNotNull();
                assertThat(tried).doesNotContain(picked);
                tried.add(picked);
            }
            assertThat(balancer.pick(all, tried)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void spreadsIdleEndpointsEvenly(Balancing kind) {
        Balancer balancer = Balancer.of(kind, new SplittableRandom(3));
        EndpointState[] all = endpoints(5);
        Map<EndpointState, Integer> picks = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            picks.merge(balancer.pick(all, List.of()), 1, Integer::sum);
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
            EndpointState first = balancer.pick(all, List.of());
            picks.merge(balancer.pick(all, List.of(first)), 1, Integer::sum);
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
            picks[balancer.pick(all, List.of()).running()]++;
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
            balancer.pick(all, List.of()).begin();
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
                order.add(balancer.pick(all, List.of()));
            }
            starts.add(order.getFirst());
            assertThat(order.subList(0, 4)).containsExactlyInAnyOrder(all).isEqualTo(order.subList(4, 8));
            List<EndpointState> expected = new ArrayList<>(List.of(all));
            Collections.rotate(expected, -expected.indexOf(order.getFirst()));
            assertThat(order.subList(0, 4)).isEqualTo(expected);
        }
        assertThat(starts).hasSize(4);
    }

    @Test
    void countsGoOnForEndpointsThatStay() {
        Endpoint stays = new Endpoint("10.0.0.1", 80);
        Endpoint goes = new Endpoint("10.0.0.2", 80);
        Endpoint comes = new Endpoint("2001:db8::1", 80);
        EndpointState[] before = EndpointState.update(new EndpointState[0], List.of(stays, goes));
        before[0].begin();
        EndpointState[] after = EndpointState.update(before, List.of(comes, stays));
        assertThat(after[1]).isSameAs(before[0]);
        assertThat(after[1].running()).isEqualTo(1);
        assertThat(after[0].address().getAddress().getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThatThrownBy(() -> new EndpointState(new Endpoint("localhost", 80)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
