package dev.sallyport.model.role;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.ForwardPolicy;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.ReversePolicy;
import dev.sallyport.model.config.RoleKind;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/** Compiles a configuration into decisions. */
public final class Roles {
    private Roles() {}

    /**
     * The role of each listener, by the listener's name.
     *
     * @param ownAddresses at which the relay itself is reached, beside the loopback ones: forward roles do not dial
     *     their own listeners or the admin endpoints there. A port 0, which the system chooses later, is not known here
     * @param random for a bound a number from 0 to one below it, by which backends are chosen; thread-safe, such as
     *     {@code bound -> ThreadLocalRandom.current().nextInt(bound)}
     * @throws InvalidConfigException when the parts do not fit each other, with the path of the first that does not
     */
    public static Map<String, Role> compile(
            RelayConfig config, Collection<InetAddress> ownAddresses, IntUnaryOperator random)
            throws InvalidConfigException {
        Fit.check(config);
        OwnAddresses own = OwnAddresses.of(config, ownAddresses);
        Map<String, Cluster> clusters =
                config.clusters().stream().collect(Collectors.toMap(Cluster::id, Function.identity()));
        Map<String, Role> roles = new HashMap<>();
        for (int i = 0; i < config.forwards().size(); i++) {
            ForwardPolicy policy = config.forwards().get(i);
            At at = At.ROOT.item("forwards", i);
            for (Listener listener : listeners(config, RoleKind.FORWARD, policy.name())) {
                ForwardRole role = new ForwardRole(policy, Set.copyOf(listener.protocols()), at, own);
                boolean redirected = listener.protocols().contains(Protocol.TRANSPARENT);
                roles.put(listener.name(), redirected ? new TransparentRole(role) : role);
            }
        }
        for (int i = 0; i < config.reverses().size(); i++) {
            ReversePolicy policy = config.reverses().get(i);
            At at = At.ROOT.item("reverses", i);
            for (Listener listener : listeners(config, RoleKind.REVERSE, policy.name())) {
                roles.put(listener.name(), new ReverseRole(policy, listener, at, clusters, random));
            }
        }
        return Map.copyOf(roles);
    }

    private static List<Listener> listeners(RelayConfig config, RoleKind role, String policy) {
        return config.listeners().stream()
                .filter(listener -> listener.role() == role && listener.policy().equals(policy))
                .toList();
    }
}
