package dev.sallyport.relay;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.ForwardRule;
import dev.sallyport.model.config.Guards;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.model.config.RelayPorts;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.Source;
import dev.sallyport.model.config.Telemetry;
import java.time.Duration;
import java.util.List;

/** Configurations for tests. */
public final class Configs {
    private Configs() {}

    /** One that serves nothing, made from a ForwardProxy of the given generation. */
    public static RelayConfig empty(long generation) {
        return new RelayConfig(
                RelayConfigCodec.FORMAT,
                List.of(new Source("ForwardProxy", "team", "egress", generation)),
                1,
                new Admin("127.0.0.1", 0),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ZERO, Duration.ZERO));
    }

    /**
     * One whose listener {@code web} on 127.0.0.1 sends everything to the given endpoints, made from a ReverseProxy of
     * the given generation.
     */
    public static RelayConfig reverse(long generation, int port, List<Endpoint> endpoints, Drain drain) {
        String policy = "shop/front";
        String cluster = "shop/cart:80";
        return new RelayConfig(
                RelayConfigCodec.FORMAT,
                List.of(new Source("ReverseProxy", "shop", "front", generation)),
                1,
                new Admin("127.0.0.1", RelayPorts.ADMIN),
                List.of(new Listener(
                        "web",
                        "127.0.0.1",
                        port,
                        80,
                        RoleKind.REVERSE,
                        policy,
                        List.of(Listener.Protocol.HTTP),
                        new ClientLimits(16_384, 0, Duration.ofSeconds(10), Duration.ofSeconds(60)))),
                List.of(),
                List.of(new ReversePolicy(
                        policy,
                        List.of(),
                        List.of(),
                        List.of(new ReverseRule(
                                "rules[0]",
                                "",
                                List.of(),
                                List.of(new ReverseRule.Backend(cluster, 1, "")),
                                Duration.ZERO,
                                Duration.ZERO,
                                new ReverseRule.Retry(1))))),
                List.of(new Cluster(
                        cluster,
                        new EndpointSet.Fixed(endpoints),
                        Cluster.Balancing.ROUND_ROBIN,
                        Duration.ofSeconds(5))),
                new Telemetry(Telemetry.AccessLog.JSON),
                drain);
    }

    /** {@code config} with a listener {@code proxy} of the forward role besides, which lets everything through to a port. */
    public static RelayConfig withForward(RelayConfig config, int port) {
        String policy = "shop/egress";
        Listener web = config.listeners().getFirst();
        return new RelayConfig(
                config.format(),
                config.sources(),
                config.loops(),
                config.admin(),
                List.of(
                        web,
                        new Listener(
                                "proxy",
                                web.address(),
                                0,
                                3128,
                                RoleKind.FORWARD,
                                policy,
                                List.of(Listener.Protocol.HTTP, Listener.Protocol.CONNECT),
                                web.limits())),
                List.of(new ForwardPolicy(
                        policy,
                        Mode.ENFORCE,
                        List.of(),
                        List.of(new ForwardRule(
                                "allow[0]",
                                ForwardRule.Action.ALLOW,
                                Mode.ENFORCE,
                                List.of("*"),
                                List.of(port),
                                List.of(),
                                "")),
                        new Guards(false, List.of(), List.of()),
                        List.of(443),
                        DisclosureMode.ANONYMOUS,
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ofMinutes(5),
                        Duration.ZERO)),
                config.reverses(),
                config.clusters(),
                config.telemetry(),
                config.drain());
    }

    /** {@code config} with the endpoints of its first cluster from elsewhere, and another time to connect. */
    public static RelayConfig withEndpoints(RelayConfig config, EndpointSet endpoints) {
        Cluster cluster = config.clusters().getFirst();
        return new RelayConfig(
                config.format(),
                config.sources(),
                config.loops(),
                config.admin(),
                config.listeners(),
                config.forwards(),
                config.reverses(),
                List.of(new Cluster(
                        cluster.id(),
                        endpoints,
                        cluster.balancing(),
                        Duration.ofSeconds(5 + config.sources().getFirst().generation()))),
                config.telemetry(),
                config.drain());
    }
}
