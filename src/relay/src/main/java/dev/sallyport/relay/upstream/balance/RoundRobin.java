package dev.sallyport.relay.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Each endpoint in turn. The first is drawn at random, so that many relays do not all begin with the same one. By
 * weights, an endpoint's turns are as many as its weight among all, as evenly spread as they can be.
 */
final class RoundRobin implements Balancer {
    private int next;

    RoundRobin(RandomGenerator random) {
        next = random.nextInt(Integer.MAX_VALUE);
    }

    @Override
    public @Nullable EndpointState pick(EndpointState[] endpoints, List<EndpointState> tried, boolean weighted) {
        if (weighted) {
            return byWeight(endpoints, tried);
        }
        for (int i = 0; i < endpoints.length; i++) {
            EndpointState endpoint = endpoints[next % endpoints.length];
            next = next == Integer.MAX_VALUE ? 0 : next + 1;
            if (!Untried.isTried(endpoint, tried)) {
                return endpoint;
            }
        }
        return null;
    }

    /** Each pick gives every endpoint its weight; the one that has most pays what all were given. */
    private static @Nullable EndpointState byWeight(EndpointState[] endpoints, List<EndpointState> tried) {
        EndpointState picked = null;
        int all = 0;
        for (EndpointState endpoint : endpoints) {
            if (!Untried.isTried(endpoint, tried)) {
                all += endpoint.weight();
                endpoint.credit(endpoint.weight());
                if (picked == null || endpoint.credit() > picked.credit()) {
                    picked = endpoint;
                }
            }
        }
        if (picked != null) {
            picked.credit(-all);
        }
        return picked;
    }
}
