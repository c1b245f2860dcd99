package dev.sallyport.model.config;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.io.IOException;

/** Writes a {@link RelayConfig} in its JSON form, which {@link ConfigReader} reads. */
final class ConfigWriter {
    private ConfigWriter() {}

    static void config(ObjectWriter out, RelayConfig config) throws IOException {
        out.number("format", config.format());
        out.objects("sources", config.sources(), ConfigWriter::source);
        out.number("loops", config.loops());
        out.object("admin", config.admin(), (fields, admin) -> {
            fields.text("address", admin.address());
            fields.number("port", admin.port());
        });
        out.objects("listeners", config.listeners(), ConfigWriter::listener);
        out.objects("forwards", config.forwards(), ConfigWriter::forwardPolicy);
        out.objects("reverses", config.reverses(), ConfigWriter::reversePolicy);
        out.objects("clusters", config.clusters(), ConfigWriter::cluster);
        out.object(
                "telemetry",
                config.telemetry(),
                (fields, telemetry) -> fields.choice("accessLog", telemetry.accessLog()));
        out.object("drain", config.drain(), (fields, drain) -> {
            fields.duration("delay", drain.delay());
            fields.duration("grace", drain.grace());
        });
        out.textIfAny("secrets", config.secrets());
    }

    private static void source(ObjectWriter out, Source source) throws IOException {
        out.text("kind", source.kind());
        out.text("namespace", source.namespace());
        out.text("name", source.name());
        out.number("generation", source.generation());
    }

    // ---- listeners

    private static void listener(ObjectWriter out, Listener listener) throws IOException {
        out.text("name", listener.name());
        out.text("address", listener.address());
        out.number("port", listener.port());
        out.number("publicPort", listener.publicPort());
        out.choice("role", listener.role());
        out.text("policy", listener.policy());
        out.choices("protocols", listener.protocols());
        out.object("limits", listener.limits(), ConfigWriter::clientLimits);
        out.object("tls", listener.tls(), ConfigWriter::listenerTls);
        out.object(
                "proxyProtocol",
                listener.proxyProtocol(),
                (fields, source) -> fields.texts("trusted", source.trusted()));
        if (listener.redirectPort() != 0) {
            out.number("redirectPort", listener.redirectPort());
        }
    }

    private static void clientLimits(ObjectWriter out, ClientLimits limits) throws IOException {
        out.number("connections", limits.connections());
        out.number("connectionsPerAddress", limits.connectionsPerAddress());
        out.number("headerBytes", limits.headerBytes());
        out.number("requestBodyBytes", limits.requestBodyBytes());
        out.duration("headerTimeout", limits.headerTimeout());
        out.number("bodyMinRate", limits.bodyMinRate());
        out.duration("idleTimeout", limits.idleTimeout());
    }

    private static void listenerTls(ObjectWriter out, ListenerTls tls) throws IOException {
        out.texts("certificates", tls.certificates());
        out.choice("minVersion", tls.minVersion());
        out.texts("alpn", tls.alpn());
        out.object("clientCertificates", tls.clientCertificates(), (fields, clients) -> {
            fields.choice("mode", clients.mode());
            fields.texts("authorities", clients.authorities());
        });
    }

    // ---- policies

    private static void forwardPolicy(ObjectWriter out, ForwardPolicy policy) throws IOException {
        out.text("name", policy.name());
        out.choice("mode", policy.mode());
        out.texts("clients", policy.clients());
        out.objects("rules", policy.rules(), ConfigWriter::forwardRule);
        out.object("guards", policy.guards(), (fields, guards) -> {
            fields.flag("privateRanges", guards.privateRanges());
            fields.texts("except", guards.except());
            fields.texts("clusterRanges", guards.clusterRanges());
        });
        out.numbers("connectPorts", policy.connectPorts());
        out.choice("disclosure", policy.disclosure());
        out.duration("connectTimeout", policy.connectTimeout());
        out.duration("responseTimeout", policy.responseTimeout());
        out.duration("idleTimeout", policy.idleTimeout());
        out.duration("lifetime", policy.lifetime());
    }

    private static void forwardRule(ObjectWriter out, ForwardRule rule) throws IOException {
        out.text("name", rule.name());
        out.choice("action", rule.action());
        out.choice("mode", rule.mode());
        out.texts("hosts", rule.hosts());
        out.numbers("ports", rule.ports());
        out.texts("methods", rule.methods());
        out.textIfAny("unresolved", rule.unresolved());
    }

    private static void reversePolicy(ObjectWriter out, ReversePolicy policy) throws IOException {
        out.text("name", policy.name());
        out.texts("hostnames", policy.hostnames());
        out.texts("trustedClients", policy.trustedClients());
        if (!policy.trustsTraces()) {
            out.flag("trustsTraces", false);
        }
        out.objects("rules", policy.rules(), ConfigWriter::reverseRule);
    }

    private static void reverseRule(ObjectWriter out, ReverseRule rule) throws IOException {
        out.text("name", rule.name());
        out.textIfAny("listener", rule.listener());
        out.objects("matches", rule.matches(), ConfigWriter::match);
        out.texts("serverNames", rule.serverNames());
        out.objects("backends", rule.backends(), (fields, backend) -> {
            fields.textIfAny("cluster", backend.cluster());
            fields.number("weight", backend.weight());
            fields.textIfAny("unresolved", backend.unresolved());
        });
        out.duration("requestTimeout", rule.requestTimeout());
        out.duration("streamTimeout", rule.streamTimeout());
        out.duration("backendTimeout", rule.backendTimeout());
        out.duration("idleTimeout", rule.idleTimeout());
        out.duration("lifetime", rule.lifetime());
        out.object("retry", rule.retry(), (fields, retry) -> fields.number("attempts", retry.attempts()));
    }

    private static void match(ObjectWriter out, RouteMatch match) throws IOException {
        out.object("path", match.path(), (fields, path) -> {
            fields.choice("type", path.type());
            fields.text("value", path.value());
        });
        out.textIfAny("method", match.method());
        out.objects("headers", match.headers(), (fields, header) -> {
            fields.text("name", header.name());
            fields.text("value", header.value());
        });
    }

    // ---- clusters

    private static void cluster(ObjectWriter out, Cluster cluster) throws IOException {
        out.text("id", cluster.id());
        out.object("endpoints", cluster.endpoints(), ConfigWriter::endpoints);
        out.choice("balancing", cluster.balancing());
        out.duration("slowStart", cluster.slowStart());
        out.duration("connectTimeout", cluster.connectTimeout());
        out.choice("protocol", cluster.protocol());
        out.object("tls", cluster.tls(), (fields, tls) -> {
            fields.text("serverName", tls.serverName());
            fields.texts("authorities", tls.authorities());
            fields.textIfAny("certificate", tls.certificate());
        });
        out.object("connections", cluster.connections(), (fields, connections) -> {
            fields.duration("keepalive", connections.keepalive());
            fields.number("maxRequests", connections.maxRequests());
            fields.choice("reuse", connections.reuse());
            fields.choice("proxyProtocol", connections.proxyProtocol());
        });
        out.object("limits", cluster.limits(), (fields, limits) -> {
            fields.number("connections", limits.connections());
            fields.number("pendingRequests", limits.pendingRequests());
            fields.number("parallelRequests", limits.parallelRequests());
            fields.duration("queueTimeout", limits.queueTimeout());
        });
        out.object("health", cluster.health(), ConfigWriter::health);
    }

    private static void endpoints(ObjectWriter out, EndpointSet endpoints) throws IOException {
        switch (endpoints) {
            case EndpointSet.Fixed fixed -> {
                out.text("from", "fixed");
                out.objects("endpoints", fixed.endpoints(), ConfigWriter::endpoint);
            }
            case EndpointSet.Slices slices -> {
                out.text("from", "slices");
                out.text("namespace", slices.namespace());
                out.text("service", slices.service());
                out.textIfAny("portName", slices.portName());
                out.object("fallback", slices.fallback(), ConfigWriter::endpoint);
            }
            case EndpointSet.Application application -> {
                out.text("from", "application");
                out.texts("selector", application.selector());
            }
        }
    }

    private static void endpoint(ObjectWriter out, Endpoint endpoint) throws IOException {
        out.text("address", endpoint.address());
        out.number("port", endpoint.port());
    }

    private static void health(ObjectWriter out, HealthCheck health) throws IOException {
        out.object("active", health.active(), (fields, active) -> {
            fields.textIfAny("path", active.path());
            fields.textIfAny("host", active.host());
            fields.objects("statuses", active.statuses(), (range, statuses) -> {
                range.number("first", statuses.first());
                range.number("last", statuses.last());
            });
            fields.duration("interval", active.interval());
            fields.duration("timeout", active.timeout());
            fields.number("unhealthyThreshold", active.unhealthyThreshold());
            fields.number("healthyThreshold", active.healthyThreshold());
        });
        out.object("passive", health.passive(), (fields, passive) -> {
            fields.number("consecutiveErrors", passive.consecutiveErrors());
            fields.duration("baseEjection", passive.baseEjection());
            fields.number("maxEjectionPercent", passive.maxEjectionPercent());
        });
    }
}
