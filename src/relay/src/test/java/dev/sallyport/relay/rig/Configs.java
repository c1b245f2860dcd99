package dev.sallyport.relay.rig;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.config.RelayConfig;
import java.util.ArrayList;
import java.util.List;

/** Configurations with one part changed. */
public final class Configs {
    private Configs() {}

    public static RelayConfig loops(RelayConfig c, int loops) {
        return of(c, loops, c.listeners(), c.clusters(), c.drain());
    }

    public static RelayConfig drain(RelayConfig c, Drain drain) {
        return of(c, c.loops(), c.listeners(), c.clusters(), drain);
    }

    public static RelayConfig clusters(RelayConfig c, List<Cluster> clusters) {
        return of(c, c.loops(), c.listeners(), clusters, c.drain());
    }

    public static RelayConfig listeners(RelayConfig c, List<Listener> listeners) {
        return of(c, c.loops(), listeners, c.clusters(), c.drain());
    }

    public static RelayConfig listener(RelayConfig c, Listener more) {
        List<Listener> listeners = new ArrayList<>(c.listeners());
        listeners.add(more);
        return listeners(c, listeners);
    }

    private static RelayConfig of(
            RelayConfig c, int loops, List<Listener> listeners, List<Cluster> clusters, Drain drain) {
        return new RelayConfig(
                c.format(),
                c.sources(),
                loops,
                c.admin(),
                listeners,
                c.forwards(),
                c.reverses(),
                clusters,
                c.telemetry(),
                drain);
    }

    static Listener tls(Listener l, ListenerTls tls) {
        return new Listener(
                l.name(),
                l.address(),
                l.port(),
                l.publicPort(),
                l.role(),
                l.policy(),
                l.protocols(),
                l.limits(),
                tls,
                l.proxyProtocol());
    }

    static Cluster tls(Cluster c, Cluster.Protocol protocol, OriginTls tls) {
        return new Cluster(
                c.id(),
                c.endpoints(),
                c.balancing(),
                c.slowStart(),
                c.connectTimeout(),
                protocol,
                tls,
                c.connections(),
                c.limits(),
                c.health());
    }
}
