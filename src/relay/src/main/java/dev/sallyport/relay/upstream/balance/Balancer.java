package dev.sallyport.relay.upstream.balance;

import dev.sallyport.model.config.Cluster;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Picks an endpoint. It belongs to one event loop. */
public interface Balancer {
    /**
     * An endpoint that was not tried yet, or null when there is none.
     *
     * @param endpoints all that there are now; may differ from call to call
     * @param tried those that failed for this request, by identity
     * @param weighted whether an endpoint has less than its full weight
     */
    @Nullable
    EndpointState pick(EndpointState[] endpoints, List<EndpointState> tried, boolean weighted);

    /** A balancer of the given kind, drawing from {@code random}. */
    static Balancer of(Cluster.Balancing kind, RandomGenerator random) {
        return switch (kind) {
            case LEAST_REQUEST -> new LeastRequest(random);
            case ROUND_ROBIN -> new RoundRobin(random);
        };
    }
}
