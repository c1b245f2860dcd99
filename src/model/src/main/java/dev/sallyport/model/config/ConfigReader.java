package dev.sallyport.model.config;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.time.Duration;

/** Makes a {@link RelayConfig} of its JSON form, record by record. By hand, as a relay reads it while it starts. */
final class ConfigReader {
    private ConfigReader() {}

    static RelayConfig config(Fields config) throws InvalidConfigException {
        return new RelayConfig(
                config.number("format"),
                config.objects("sources", ConfigReader::source),
                config.number("loops"),
                config.object("admin", admin -> new Admin(admin.text("address"), admin.number("port"))),
                config.objects("listeners", ConfigReader::listener),
                config.objects("forwards", ConfigReader::forwardPolicy),
                config.objects("reverses", ConfigReader::reversePolicy),
                config.objects("clusters", ConfigReader::cluster),
                config.object(
                        "telemetry",
                        telemetry -> new Telemetry(telemetry.choice("accessLog", Telemetry.AccessLog.class))),
                config.object("drain", drain -> new Drain(drain.duration("delay"), drain.duration("grace"))),
                config.textOrEmpty("secrets"));
    }

    private static Source source(Fields source) throws InvalidConfigException {
        return new Source(
                source.text("kind"), source.text("namespace"), source.text("name"), source.longNumber("generation"));
    }

    // ---- listeners

    private static Listener listener(Fields listener) throws InvalidConfigException {
        return new Listener(
                listener.text("name"),
                listener.text("address"),
                listener.number("port"),
                listener.number("publicPort"),
                listener.choice("role", RoleKind.class),
                listener.text("policy"),
                listener.choices("protocols", Listener.Protocol.class),
                listener.object("limits", ConfigReader::clientLimits),
                listener.objectOrNull("tls", ConfigReader::listenerTls),
                listener.objectOrNull("proxyProtocol", source -> new ProxyProtocolSource(source.texts("trusted"))),
                listener.numberOr("redirectPort", 0));
    }

    private static ClientLimits clientLimits(Fields limits) throws InvalidConfigException {
        return new ClientLimits(
                limits.number("connections"),
                limits.number("connectionsPerAddress"),
                limits.number("headerBytes"),
                limits.longNumber("requestBodyBytes"),
                limits.duration("headerTimeout"),
                limits.number("bodyMinRate"),
                limits.duration("idleTimeout"));
    }

    private static ListenerTls listenerTls(Fields tls) throws InvalidConfigException {
        return new ListenerTls(
                tls.texts("certificates"),
                tls.choice("minVersion", ListenerTls.Version.class),
                tls.texts("alpn"),
                tls.objectOrNull(
                        "clientCertificates",
                        clients -> new ListenerTls.ClientCertificates(
                                clients.choice("mode", ListenerTls.ClientCertificates.Mode.class),
                                clients.texts("authorities"))));
    }

    // ---- policies

    private static ForwardPolicy forwardPolicy(Fields policy) throws InvalidConfigException {
        return new ForwardPolicy(
                policy.text("name"),
                policy.choice("mode", Mode.class),
                policy.texts("clients"),
                policy.objects("rules", ConfigReader::forwardRule),
                policy.object(
                        "guards",
                        guards -> new Guards(
                                guards.flag("privateRanges"), guards.texts("except"), guards.texts("clusterRanges"))),
                policy.numbers("connectPorts"),
                policy.choice("disclosure", DisclosureMode.class),
                policy.duration("connectTimeout"),
                policy.duration("responseTimeout"),
                policy.duration("idleTimeout"),
                policy.duration("lifetime"));
    }

    private static ForwardRule forwardRule(Fields rule) throws InvalidConfigException {
        return new ForwardRule(
                rule.text("name"),
                rule.choice("action", ForwardRule.Action.class),
                rule.choice("mode", Mode.class),
                rule.texts("hosts"),
                rule.numbers("ports"),
                rule.texts("methods"),
                rule.textOrEmpty("unresolved"));
    }

    private static ReversePolicy reversePolicy(Fields policy) throws InvalidConfigException {
        return new ReversePolicy(
                policy.text("name"),
                policy.texts("hostnames"),
                policy.texts("trustedClients"),
                policy.flagOr("trustsTraces", true),
                policy.objects("rules", ConfigReader::reverseRule));
    }

    private static ReverseRule reverseRule(Fields rule) throws InvalidConfigException {
        Duration request = rule.duration("requestTimeout");
        return new ReverseRule(
                rule.text("name"),
                rule.textOrEmpty("listener"),
                rule.objects("matches", ConfigReader::match),
                rule.texts("serverNames"),
                rule.objects(
                        "backends",
                        backend -> new ReverseRule.Backend(
                                backend.textOrEmpty("cluster"),
                                backend.number("weight"),
                                backend.textOrEmpty("unresolved"))),
                request,
                rule.durationOr("streamTimeout", request),
                rule.duration("backendTimeout"),
                rule.durationOr("idleTimeout", Duration.ZERO),
                rule.durationOr("lifetime", Duration.ZERO),
                rule.object("retry", retry -> new ReverseRule.Retry(retry.number("attempts"))));
    }

    private static RouteMatch match(Fields match) throws InvalidConfigException {
        return new RouteMatch(
                match.objectOr(
                        "path",
                        RouteMatch.Path.ALL,
                        path -> new RouteMatch.Path(
                                path.choice("type", RouteMatch.Path.Type.class), path.text("value"))),
                match.textOrEmpty("method"),
                match.objects("headers", header -> new RouteMatch.Header(header.text("name"), header.text("value"))));
    }

    // ---- clusters

    private static Cluster cluster(Fields cluster) throws InvalidConfigException {
        return new Cluster(
                cluster.text("id"),
                cluster.object("endpoints", ConfigReader::endpoints),
                cluster.choice("balancing", Cluster.Balancing.class),
                cluster.durationOr("slowStart", Duration.ZERO),
                cluster.duration("connectTimeout"),
                cluster.choiceOr("protocol", Cluster.Protocol.HTTP11),
                cluster.objectOrNull("tls", ConfigReader::originTls),
                cluster.objectOr("connections", OriginConnections.DEFAULT, ConfigReader::connections),
                cluster.objectOr("limits", CircuitBreaker.DEFAULT, ConfigReader::circuitBreaker),
                cluster.objectOr("health", HealthCheck.DEFAULT, ConfigReader::health));
    }

    private static EndpointSet endpoints(Fields endpoints) throws InvalidConfigException {
        String from = endpoints.textOrEmpty("from");
        return switch (from) {
            case "fixed" -> new EndpointSet.Fixed(endpoints.objects("endpoints", ConfigReader::endpoint));
            case "slices" ->
                new EndpointSet.Slices(
                        endpoints.text("namespace"),
                        endpoints.text("service"),
                        endpoints.textOrEmpty("portName"),
                        endpoints.objectOrNull("fallback", ConfigReader::endpoint));
            case "application" -> new EndpointSet.Application(endpoints.texts("selector"));
            default ->
                throw endpoints.invalid((from.isEmpty() ? "'from' is missing" : "'" + from + "' is not known")
                        + ": it must be one of fixed, slices, application");
        };
    }

    private static Endpoint endpoint(Fields endpoint) throws InvalidConfigException {
        return new Endpoint(endpoint.text("address"), endpoint.number("port"));
    }

    private static OriginTls originTls(Fields tls) throws InvalidConfigException {
        return new OriginTls(tls.text("serverName"), tls.texts("authorities"), tls.textOrEmpty("certificate"));
    }

    private static OriginConnections connections(Fields connections) throws InvalidConfigException {
        return new OriginConnections(
                connections.duration("keepalive"),
                connections.number("maxRequests"),
                connections.choice("reuse", OriginConnections.Reuse.class),
                connections.choiceOrNull("proxyProtocol", OriginConnections.ProxyProtocolVersion.class));
    }

    private static CircuitBreaker circuitBreaker(Fields limits) throws InvalidConfigException {
        return new CircuitBreaker(
                limits.number("connections"),
                limits.number("pendingRequests"),
                limits.number("parallelRequests"),
                limits.duration("queueTimeout"));
    }

    private static HealthCheck health(Fields health) throws InvalidConfigException {
        return new HealthCheck(
                health.objectOrNull("active", ConfigReader::activeCheck),
                health.objectOrNull(
                        "passive",
                        passive -> new HealthCheck.Passive(
                                passive.number("consecutiveErrors"),
                                passive.duration("baseEjection"),
                                passive.number("maxEjectionPercent"))));
    }

    private static HealthCheck.Active activeCheck(Fields active) throws InvalidConfigException {
        return new HealthCheck.Active(
                active.textOrEmpty("path"),
                active.textOrEmpty("host"),
                active.objects(
                        "statuses", range -> new HealthCheck.StatusRange(range.number("first"), range.number("last"))),
                active.duration("interval"),
                active.duration("timeout"),
                active.number("unhealthyThreshold"),
                active.number("healthyThreshold"));
    }
}
