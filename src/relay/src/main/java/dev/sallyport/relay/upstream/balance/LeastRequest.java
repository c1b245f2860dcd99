package dev.sallyport.relay.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Of two endpoints drawn at random, the one with fewer running requests ("power of two choices"). */
final class LeastRequest implements Balancer {
    private final RandomGenerator random;

    LeastRequest(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public @Nullable EndpointState pick(EndpointState[] endpoints, List<EndpointState> tried) {
        int count = Untried.count(endpoints, tried);
        if (count == 0) {
            return null;
        }
        if (count == 1) {
            return Untried.at(endpoints, tried, 0);
        }
        int first = random.nextInt(count);
        int second = random.nextInt(count - 1);
        if (second >= first) {
            second++;
        }
        EndpointState one = Untried.at(endpoints, tried, first);
        EndpointState other = Untried.at(endpoints, tried, second);
        return other.running() < one.running() ? other : one;
    }
}
