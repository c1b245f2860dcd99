package dev.sallyport.model.config;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of endpoints that the operator chose, and how one of them is picked and reached.
 *
 * @param id unique in its configuration, {@code namespace/service:port}
 * @param endpoints where the endpoints come from
 * @param balancing how one is picked
 * @param slowStart over how long a new or recovered endpoint comes to its full share; 0: at once
 * @param connectTimeout to connect to one endpoint, TLS included
 * @param protocol what the relay speaks with them
 * @param tls null: none
 * @param connections how connections are kept and opened
 * @param limits the most that is asked of them at a time
 * @param health how their health is found out
 */
public record Cluster(
        String id,
        EndpointSet endpoints,
        Balancing balancing,
        Duration slowStart,
        Duration connectTimeout,
        Protocol protocol,
        @Nullable OriginTls tls,
        OriginConnections connections,
        CircuitBreaker limits,
        HealthCheck health) {

    public Cluster {
        slowStart = slowStart == null ? Duration.ZERO : slowStart;
        protocol = protocol == null ? Protocol.HTTP11 : protocol;
        connections = connections == null ? OriginConnections.DEFAULT : connections;
        limits = limits == null ? CircuitBreaker.DEFAULT : limits;
        health = health == null ? HealthCheck.DEFAULT : health;
    }

    /** A cluster of HTTP/1.1 endpoints with what holds where nothing is said. */
    public Cluster(String id, EndpointSet endpoints, Balancing balancing, Duration connectTimeout) {
        this(
                id,
                endpoints,
                balancing,
                Duration.ZERO,
                connectTimeout,
                Protocol.HTTP11,
                null,
                OriginConnections.DEFAULT,
                CircuitBreaker.DEFAULT,
                HealthCheck.DEFAULT);
    }

    /** Whether a connection to an endpoint of the other could be one to the same endpoint of this cluster. */
    public boolean sameConnections(Cluster other) {
        return protocol == other.protocol
                && Objects.equals(tls, other.tls)
                && connections.proxyProtocol() == other.connections.proxyProtocol();
    }

    /** The same under another id. */
    public Cluster named(String other) {
        return new Cluster(
                other, endpoints, balancing, slowStart, connectTimeout, protocol, tls, connections, limits, health);
    }

    /** The same with other endpoints. */
    public Cluster at(EndpointSet others) {
        return new Cluster(
                id, others, balancing, slowStart, connectTimeout, protocol, tls, connections, limits, health);
    }

    /** How an endpoint is picked. */
    public enum Balancing {
        /** The one with fewer running requests, of two picked at random. */
        LEAST_REQUEST,
        ROUND_ROBIN
    }

    /** What is spoken with an endpoint. */
    public enum Protocol {
        HTTP11,
        /** HTTP/2 over TLS, agreed on in the handshake (ALPN). */
        HTTP2,
        /** HTTP/2 or HTTP/1.1 over TLS, as the endpoint chooses in the handshake (ALPN). */
        NEGOTIATED,
        /** HTTP/2 without TLS, with prior knowledge. */
        H2C,
        /** Bytes, unread. */
        TCP;

        /** Whether requests share connections, wherever the endpoint speaks HTTP/2. */
        public boolean shares() {
            return switch (this) {
                case HTTP2, NEGOTIATED, H2C -> true;
                case HTTP11, TCP -> false;
            };
        }
    }
}
