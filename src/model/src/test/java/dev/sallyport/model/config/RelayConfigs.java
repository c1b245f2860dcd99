package dev.sallyport.model.config;

import java.time.Duration;
import java.util.List;

/** A configuration in which every record has at least one instance, and every optional part is there once and missing once. */
final class RelayConfigs {
    static final ClientLimits LIMITS =
            new ClientLimits(32_768, 8L << 20, Duration.ofSeconds(10), Duration.ofSeconds(60));

    private RelayConfigs() {}

    static RelayConfig whole() {
        return new RelayConfig(
                1,
                List.of(new Source("ForwardProxy", "shop", "egress", 7), new Source("ReverseProxy", "shop", "web", 0)),
                2,
                new Admin("0.0.0.0", 15020),
                List.of(
                        new Listener(
                                "shop/egress/mixed",
                                "0.0.0.0",
                                3128,
                                3128,
                                RoleKind.FORWARD,
                                "shop/egress",
                                List.of(Listener.Protocol.HTTP, Listener.Protocol.CONNECT),
                                LIMITS),
                        new Listener(
                                "shop/web/http",
                                "0.0.0.0",
                                10_080,
                                80,
                                RoleKind.REVERSE,
                                "shop/web",
                                List.of(Listener.Protocol.HTTP),
                                LIMITS,
                                new ListenerTls(
                                        List.of("shop.web-tls"),
                                        ListenerTls.Version.TLS_1_2,
                                        List.of("h2", "http/1.1"),
                                        new ListenerTls.ClientCertificates(
                                                ListenerTls.ClientCertificates.Mode.REQUIRED,
                                                List.of("shop.partner-ca"))),
                                new ProxyProtocolSource(List.of("10.0.0.0/8"))),
                        new Listener(
                                "shop/web/redirect",
                                "0.0.0.0",
                                9080,
                                9080,
                                RoleKind.REVERSE,
                                "shop/web",
                                List.of(Listener.Protocol.HTTP),
                                LIMITS,
                                null,
                                null,
                                8443),
                        new Listener(
                                "shop/web/tls",
                                "0.0.0.0",
                                10_443,
                                443,
                                RoleKind.REVERSE,
                                "shop/web",
                                List.of(Listener.Protocol.TLS),
                                LIMITS),
                        new Listener(
                                "shop/egress/transparent",
                                "127.0.0.1",
                                RelayPorts.SIDECAR_TRANSPARENT,
                                RelayPorts.SIDECAR_TRANSPARENT,
                                RoleKind.FORWARD,
                                "shop/egress",
                                List.of(Listener.Protocol.TRANSPARENT),
                                LIMITS)),
                List.of(forward()),
                List.of(reverse()),
                List.of(
                        new Cluster(
                                "shop/api:80",
                                new EndpointSet.Slices(
                                        "shop", "api", "http", new EndpointSet.Endpoint("10.96.0.17", 80)),
                                Cluster.Balancing.LEAST_REQUEST,
                                Duration.ofSeconds(1)),
                        new Cluster(
                                "shop/headless:80",
                                new EndpointSet.Slices("shop", "headless", "", null),
                                Cluster.Balancing.LEAST_REQUEST,
                                Duration.ZERO,
                                Duration.ofSeconds(1),
                                Cluster.Protocol.TCP,
                                null,
                                new OriginConnections(
                                        Duration.ZERO,
                                        0,
                                        OriginConnections.Reuse.NEVER,
                                        OriginConnections.ProxyProtocolVersion.V2),
                                CircuitBreaker.DEFAULT,
                                HealthCheck.DEFAULT),
                        new Cluster(
                                "shop/files:8080",
                                new EndpointSet.Fixed(List.of(
                                        new EndpointSet.Endpoint("127.0.0.1", 8081),
                                        new EndpointSet.Endpoint("::1", 8082))),
                                Cluster.Balancing.ROUND_ROBIN,
                                Duration.ofSeconds(30),
                                Duration.ofMillis(1500),
                                Cluster.Protocol.NEGOTIATED,
                                new OriginTls("files.shop.svc", List.of("shop.ca"), "shop.relay-id"),
                                new OriginConnections(
                                        Duration.ofSeconds(60), 1000, OriginConnections.Reuse.ALWAYS, null),
                                new CircuitBreaker(500, 200, 400, Duration.ofSeconds(2)),
                                new HealthCheck(
                                        new HealthCheck.Active(
                                                "/healthz",
                                                "files",
                                                List.of(new HealthCheck.StatusRange(200, 299)),
                                                Duration.ofSeconds(5),
                                                Duration.ofSeconds(1),
                                                3,
                                                1),
                                        new HealthCheck.Passive(5, Duration.ofSeconds(10), 50))),
                        new Cluster(
                                "shop/web:80",
                                new EndpointSet.Application(List.of("app=web", "tier=front")),
                                Cluster.Balancing.LEAST_REQUEST,
                                Duration.ofSeconds(1))),
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ofSeconds(5), Duration.ofSeconds(30)),
                "0123456789abcdef");
    }

    private static ForwardPolicy forward() {
        return new ForwardPolicy(
                "shop/egress",
                Mode.ENFORCE,
                List.of("10.0.0.0/8"),
                List.of(
                        new ForwardRule(
                                "allow[0]",
                                ForwardRule.Action.ALLOW,
                                Mode.ENFORCE,
                                List.of("api.stripe.com", "*.githubusercontent.com:443", "[2001:db8::1]:8443"),
                                List.of(),
                                List.of(),
                                ""),
                        new ForwardRule(
                                "social",
                                ForwardRule.Action.DENY,
                                Mode.REPORT,
                                List.of(".example.net", "*"),
                                List.of(80, 8080),
                                List.of("POST", "CONNECT"),
                                "ConfigMap shop/lists does not exist")),
                new Guards(true, List.of("10.1.2.3/32:8443", "[fd00::/8]:443"), List.of("10.244.0.0/16", "fd10::/64")),
                List.of(443),
                DisclosureMode.TRANSPARENT,
                Duration.ofSeconds(5),
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofHours(1));
    }

    private static ReversePolicy reverse() {
        return new ReversePolicy(
                "shop/web",
                List.of("shop.example.com", "*.shop.example.com"),
                List.of("10.0.0.0/8"),
                false,
                List.of(
                        new ReverseRule(
                                "api",
                                "shop/web/http",
                                List.of(
                                        new RouteMatch(
                                                new RouteMatch.Path(RouteMatch.Path.Type.EXACT, "/api"),
                                                "GET",
                                                List.of(new RouteMatch.Header("x-v", "2"))),
                                        new RouteMatch(
                                                new RouteMatch.Path(RouteMatch.Path.Type.PREFIX, "/api/v2"),
                                                "",
                                                List.of())),
                                List.of(),
                                List.of(
                                        new ReverseRule.Backend("shop/api:80", 90, ""),
                                        new ReverseRule.Backend("", 10, "Service shop/gone does not exist")),
                                Duration.ofSeconds(10),
                                Duration.ZERO,
                                Duration.ofSeconds(3),
                                Duration.ofMinutes(5),
                                Duration.ofHours(1),
                                new ReverseRule.Retry(2)),
                        new ReverseRule(
                                "rules[1]",
                                "",
                                List.of(),
                                List.of(new ReverseRule.Backend("shop/files:8080", 1, "")),
                                Duration.ZERO,
                                Duration.ZERO,
                                new ReverseRule.Retry(0)),
                        new ReverseRule(
                                "pay",
                                "shop/web/tls",
                                List.of(),
                                List.of("pay.shop.example.com", "*.pay.shop.example.com"),
                                List.of(new ReverseRule.Backend("shop/headless:80", 1, "")),
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ofMinutes(10),
                                Duration.ofHours(12),
                                new ReverseRule.Retry(1))));
    }
}
