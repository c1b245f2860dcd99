package dev.sallyport.relay.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Of two endpoints drawn at random, the one with fewer running requests ("power of two choices"). Weights are chances to be drawn. */
final class LeastRequest implements Balancer {
    private final RandomGenerator random;

    LeastRequest(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public @Nullable EndpointState pick(EndpointState[] endpoints, List<EndpointState> tried, boolean weighted) {
        int count = Untried.count(endpoints, tried);
        if (count == 0) {
            return null;
        }
        if (count == 1) {
            return Untried.at(endpoints, tried, 0);
        }
        EndpointState one;
        EndpointState other;
        if (weighted) {
            one = draw(endpoints, tried, null);
            other = draw(endpoints, tried, one);
        } else {
            int first = random.nextInt(count);
            int second = random.nextInt(count - 1);
            if (second >= first) {
                second++;
            }
            one = Untried.at(endpoints, tried, first);
            other = Untried.at(endpoints, tried, second);
        }
        return other.running() < one.running() ? other : one;
    }

    private EndpointState draw(EndpointState[] endpoints, List<EndpointState> tried, @Nullable EndpointState drawn) {
        int all = 0;
        for (EndpointState endpoint : endpoints) {
            if (endpoint != drawn && !Untried.isTried(endpoint, tried)) {
                all += endpoint.weight();
            }
        }
        int left = random.nextInt(all);
        for (EndpointState endpoint : endpoints) {
            if (endpoint != drawn && !Untried.isTried(endpoint, tried)) {
                left -= endpoint.weight();
                if (left < 0) {
                    return endpoint;
                }
            }
        }
        throw new IllegalStateException("weights changed while one was drawn");
    }
}
