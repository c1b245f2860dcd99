package dev.sallyport.model.role;

import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.ProxyProtocolSource;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.ReverseRule;
import dev.sallyport.model.config.RoleKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether what is said of connections that are passed through, of those that are redirected, and of those that begin with a
 * PROXY header, fits.
 */
final class PassageFit {
    private final RelayConfig config;
    private final Set<String> streamClusters;

    private PassageFit(RelayConfig config) {
        this.config = config;
        this.streamClusters = config.clusters().stream()
                .filter(cluster -> cluster.protocol() == Cluster.Protocol.TCP)
                .map(Cluster::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    static void check(RelayConfig config) throws InvalidConfigException {
        PassageFit fit = new PassageFit(config);
        for (int i = 0; i < config.listeners().size(); i++) {
            listener(config.listeners().get(i), At.ROOT.item("listeners", i));
        }
        for (int i = 0; i < config.reverses().size(); i++) {
            fit.rules(config.reverses().get(i), At.ROOT.item("reverses", i));
        }
    }

    /** Whether a listener passes connections through. */
    static boolean passes(Listener listener) {
        return listener.protocols().contains(Protocol.TLS)
                || listener.protocols().contains(Protocol.TCP);
    }

    private static void listener(Listener listener, At at) throws InvalidConfigException {
        if (passes(listener)) {
            At protocols = at.field("protocols");
            protocols.require(listener.role() == RoleKind.REVERSE, "TLS and TCP are for listeners of the reverse role");
            protocols.require(listener.protocols().size() == 1, "TLS and TCP stand alone");
            at.field("tls")
                    .require(
                            listener.tls() == null,
                            "a listener that passes connections through does not end TLS: leave this out");
            at.field("redirectPort")
                    .require(
                            listener.redirectPort() == 0,
                            "a listener that passes connections through sees no requests: leave this out");
        }
        if (listener.protocols().contains(Protocol.TRANSPARENT)) {
            redirected(listener, at);
        }
        ProxyProtocolSource source = listener.proxyProtocol();
        if (source != null) {
            At proxyProtocol = at.field("proxyProtocol");
            proxyProtocol
                    .field("trusted")
                    .require(!source.trusted().isEmpty(), "name at least one prefix whose headers are believed");
            var unused = proxyProtocol.readAll("trusted", source.trusted(), Prefix::parse);
        }
    }

    private static void redirected(Listener listener, At at) throws InvalidConfigException {
        At protocols = at.field("protocols");
        protocols.require(listener.role() == RoleKind.FORWARD, "TRANSPARENT is for listeners of the forward role");
        protocols.require(listener.protocols().size() == 1, "TRANSPARENT stands alone");
        at.field("tls")
                .require(
                        listener.tls() == null,
                        "what is redirected has no TLS that the relay could end: leave this out");
        at.field("proxyProtocol")
                .require(
                        listener.proxyProtocol() == null,
                        "what is redirected begins with no PROXY header: leave this out");
    }

    private void rules(ReversePolicy policy, At at) throws InvalidConfigException {
        List<Listener> listeners = config.listeners().stream()
                .filter(listener ->
                        listener.role() == RoleKind.REVERSE && listener.policy().equals(policy.name()))
                .toList();
        Map<String, String> taken = new HashMap<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            ReverseRule rule = policy.rules().get(i);
            At here = at.item("rules", i);
            var unused = here.readAll("serverNames", rule.serverNames(), Passage::serverName);
            for (Listener listener : listeners) {
                if (rule.listener().isEmpty() || rule.listener().equals(listener.name())) {
                    rule(rule, listener, here);
                    if (listener.protocols().contains(Protocol.TCP)) {
                        String other = taken.putIfAbsent(listener.name(), rule.name());
                        here.require(
                                other == null,
                                "listener '" + listener.name() + "' passes all to rule '" + other
                                        + "' already: a listener of TCP has one rule");
                    }
                }
            }
        }
    }

    private void rule(ReverseRule rule, Listener listener, At at) throws InvalidConfigException {
        boolean passes = passes(listener);
        at.field("matches")
                .require(
                        !passes || rule.matches().isEmpty(),
                        "listener '" + listener.name() + "' passes connections through and sees no requests: take"
                                + " the matches away, or name the listener that they are for");
        at.field("serverNames")
                .require(
                        listener.protocols().contains(Protocol.TLS)
                                || rule.serverNames().isEmpty(),
                        "listener '" + listener.name() + "' does not pass TLS through: take the server names away, or"
                                + " name the listener that they are for");
        for (int i = 0; i < rule.backends().size(); i++) {
            String cluster = rule.backends().get(i).cluster();
            at.item("backends", i)
                    .field("cluster")
                    .require(
                            passes || !streamClusters.contains(cluster),
                            "'" + cluster + "' speaks TCP, and listener '" + listener.name() + "' serves requests");
        }
    }
}
