package dev.sallyport.model.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the health of a cluster's endpoints is found out. An unhealthy one gets no requests while a healthy one is left.
 *
 * @param active by requests of the relay's own; null: none
 * @param passive by what becomes of clients' requests; null: not at all
 */
public record HealthCheck(@Nullable Active active, @Nullable Passive passive) {

    /** What holds where nothing is said. */
    public static final HealthCheck DEFAULT = new HealthCheck(null, new Passive(5, Duration.ofSeconds(10), 50));

    /** No check at all. */
    public static final HealthCheck NONE = new HealthCheck(null, null);

    /**
     * Requests that each endpoint is sent.
     *
     * @param path of a GET request, in the version of HTTP that is spoken; empty, or with a cluster of TCP: to connect is enough, TLS
     *     included
     * @param host of the request; empty: the endpoint's address
     * @param statuses the answers of a healthy one
     * @param interval from one to the next
     * @param timeout for one
     * @param unhealthyThreshold failures in a row that make a healthy one unhealthy
     * @param healthyThreshold successes in a row that make an unhealthy one healthy
     */
    public record Active(
            String path,
            String host,
            List<StatusRange> statuses,
            Duration interval,
            Duration timeout,
            int unhealthyThreshold,
            int healthyThreshold) {
        public Active {
            path = path == null ? "" : path;
            host = host == null ? "" : host;
            statuses = Lists.copy(statuses);
        }
    }

    /** Status codes from the first to the last, both included. */
    public record StatusRange(int first, int last) {}

    /**
     * Errors of an endpoint: it refused or broke a connection, did not answer in time, or answered 5xx.
     *
     * @param consecutiveErrors in a row, after which it is ejected
     * @param baseEjection how long, times the number of ejections in a row
     * @param maxEjectionPercent the share of the endpoints that may be ejected at a time, at least one endpoint
     */
    public record Passive(int consecutiveErrors, Duration baseEjection, int maxEjectionPercent) {}
}
