package dev.sallyport.relay.rig;

import dev.sallyport.model.config.CircuitBreaker;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.Cluster.Balancing;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.OriginConnections;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.model.config.OriginConnections.Reuse;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Clusters with one part changed. */
public final class Clusters {
    private Clusters() {}

    public static UnaryOperator<Cluster> endpoints(Origin... origins) {
        return c -> of(
                c,
                new EndpointSet.Fixed(
                        Arrays.stream(origins).map(Origin::endpoint).toList()),
                c.balancing(),
                c.slowStart(),
                c.connections(),
                c.limits(),
                c.health());
    }

    public static UnaryOperator<Cluster> balancing(Balancing balancing) {
        return c -> of(c, c.endpoints(), balancing, c.slowStart(), c.connections(), c.limits(), c.health());
    }

    public static UnaryOperator<Cluster> slowStart(Duration slowStart) {
        return c -> of(c, c.endpoints(), c.balancing(), slowStart, c.connections(), c.limits(), c.health());
    }

    public static UnaryOperator<Cluster> reuse(Reuse reuse) {
        return connections(o -> new OriginConnections(o.keepalive(), o.maxRequests(), reuse, o.proxyProtocol()));
    }

    public static UnaryOperator<Cluster> maxRequests(int most) {
        return connections(o -> new OriginConnections(o.keepalive(), most, o.reuse(), o.proxyProtocol()));
    }

    public static UnaryOperator<Cluster> keepalive(Duration keepalive) {
        return connections(o -> new OriginConnections(keepalive, o.maxRequests(), o.reuse(), o.proxyProtocol()));
    }

    public static UnaryOperator<Cluster> proxyProtocol(ProxyProtocolVersion version) {
        return connections(o -> new OriginConnections(o.keepalive(), o.maxRequests(), o.reuse(), version));
    }

    public static UnaryOperator<Cluster> limits(CircuitBreaker limits) {
        return c -> of(c, c.endpoints(), c.balancing(), c.slowStart(), c.connections(), limits, c.health());
    }

    public static UnaryOperator<Cluster> health(HealthCheck health) {
        return c -> of(c, c.endpoints(), c.balancing(), c.slowStart(), c.connections(), c.limits(), health);
    }

    public static UnaryOperator<Cluster> protocol(Cluster.Protocol protocol) {
        return c -> new Cluster(
                c.id(),
                c.endpoints(),
                c.balancing(),
                c.slowStart(),
                c.connectTimeout(),
                protocol,
                c.tls(),
                c.connections(),
                c.limits(),
                c.health());
    }

    private static UnaryOperator<Cluster> connections(UnaryOperator<OriginConnections> change) {
        return c -> of(
                c, c.endpoints(), c.balancing(), c.slowStart(), change.apply(c.connections()), c.limits(), c.health());
    }

    private static Cluster of(
            Cluster c,
            EndpointSet endpoints,
            Balancing balancing,
            Duration slowStart,
            OriginConnections connections,
            CircuitBreaker limits,
            HealthCheck health) {
        return new Cluster(
                c.id(),
                endpoints,
                balancing,
                slowStart,
                c.connectTimeout(),
                c.protocol(),
                c.tls(),
                connections,
                limits,
                health);
    }
}
