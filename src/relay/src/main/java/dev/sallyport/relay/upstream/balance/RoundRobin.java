package dev.sallyport.relay.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Each endpoint in turn. The first is drawn at random, so that many relays do not all begin with the same one. */
final class RoundRobin implements Balancer {
    private int next;

    RoundRobin(RandomGenerator random) {
        next = random.nextInt(Integer.MAX_VALUE);
    }

    @Override
    public @Nullable EndpointState pick(EndpointState[] endpoints, List<EndpointState> tried) {
        for (int i = 0; i < endpoints.length; i++) {
            EndpointState endpoint = endpoints[next % endpoints.length];
            next = next == Integer.MAX_VALUE ? 0 : next + 1;
            if (!Untried.isTried(endpoint, tried)) {
                return endpoint;
            }
        }
        return null;
    }
}
