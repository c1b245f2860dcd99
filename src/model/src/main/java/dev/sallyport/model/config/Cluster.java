package dev.sallyport.model.config;

import java.time.Duration;

/**
 * A set of endpoints that the operator chose, and how one of them is picked and reached.
 *
 * @param id unique in its configuration, {@code namespace/service:port}
 * @param endpoints where the endpoints come from
 * @param balancing how one is picked
 * @param connectTimeout to connect to one endpoint
 */
public record Cluster(String id, EndpointSet endpoints, Balancing balancing, Duration connectTimeout) {
    /** How an endpoint is picked. */
    public enum Balancing {
        /** The one with fewer running requests, of two picked at random. */
        LEAST_REQUEST,
        ROUND_ROBIN
    }
}
