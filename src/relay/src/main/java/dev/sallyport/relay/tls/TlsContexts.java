package dev.sallyport.relay.tls;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.SecretBundle;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that a configuration needs for TLS, compiled. */
public final class TlsContexts {
    /** For a configuration without TLS. */
    public static final TlsContexts NONE = new TlsContexts(Provider::best);

    private final Supplier<Provider> provider;
    private final Map<String, Made<ServerTls>> listeners = new HashMap<>();
    private final Map<String, Made<ClientTls>> clusters = new HashMap<>();

    /**
     * What was made of what.
     *
     * @param config a part of the configuration
     * @param material all secrets that it refers to
     */
    private record Made<T>(Object config, SecretBundle material, T result) {}

    private TlsContexts(Supplier<Provider> provider) {
        this.provider = provider;
    }

    /** None yet, to be made by a provider that is asked for when the first is. */
    public static TlsContexts by(Supplier<Provider> provider) {
        return new TlsContexts(provider);
    }

    /**
     * Compiles a further configuration. What says the same with the same secrets is used again.
     *
     * @throws InvalidConfigException when the secrets lack something that is named, or have what is not usable, with the path
     *     of what names it
     */
    public TlsContexts next(RelayConfig config, SecretBundle secrets) throws InvalidConfigException {
        TlsContexts next = new TlsContexts(provider);
        try {
            for (int i = 0; i < config.listeners().size(); i++) {
                Listener listener = config.listeners().get(i);
                if (listener.tls() != null) {
                    next.listeners.put(
                            listener.name(),
                            server(listener.name(), listener.tls(), secrets, "listeners[" + i + "].tls"));
                }
            }
            for (int i = 0; i < config.clusters().size(); i++) {
                Cluster cluster = config.clusters().get(i);
                if (cluster.tls() != null) {
                    next.clusters.put(cluster.id(), client(cluster, cluster.tls(), secrets, "clusters[" + i + "].tls"));
                }
            }
        } catch (InvalidConfigException e) {
            next.retire(this);
            throw e;
        }
        return next;
    }

    private Made<ServerTls> server(String name, ListenerTls config, SecretBundle secrets, String path)
            throws InvalidConfigException {
        SecretBundle material = secrets.only(
                config.certificates(),
                config.clientCertificates() == null
                        ? List.of()
                        : config.clientCertificates().authorities());
        Made<ServerTls> known = listeners.get(name);
        return known != null
                        && known.config().equals(config)
                        && known.material().equals(material)
                ? known
                : new Made<>(config, material, ServerTls.of(config, secrets, path, provider.get()));
    }

    private Made<ClientTls> client(Cluster cluster, OriginTls config, SecretBundle secrets, String path)
            throws InvalidConfigException {
        SecretBundle material = secrets.only(
                config.certificate().isEmpty() ? List.of() : List.of(config.certificate()), config.authorities());
        List<Object> words = List.of(config, cluster.protocol());
        Made<ClientTls> known = clusters.get(cluster.id());
        return known != null && known.config().equals(words) && known.material().equals(material)
                ? known
                : new Made<>(words, material, ClientTls.of(config, cluster.protocol(), secrets, path, provider.get()));
    }

    /** That of a listener, or null when it has none. */
    public @Nullable ServerTls listener(String name) {
        Made<ServerTls> made = listeners.get(name);
        return made == null ? null : made.result();
    }

    /** That of a cluster, or null when it has none. */
    public @Nullable ClientTls cluster(String id) {
        Made<ClientTls> made = clusters.get(id);
        return made == null ? null : made.result();
    }

    /** Gives back what {@code kept} does not have, too. What is open goes on. */
    public void retire(TlsContexts kept) {
        Set<Object> staying = Collections.newSetFromMap(new IdentityHashMap<>());
        kept.listeners.values().forEach(made -> staying.add(made.result()));
        kept.clusters.values().forEach(made -> staying.add(made.result()));
        listeners.values().stream()
                .map(Made::result)
                .filter(made -> !staying.contains(made))
                .forEach(ServerTls::release);
        clusters.values().stream()
                .map(Made::result)
                .filter(made -> !staying.contains(made))
                .forEach(ClientTls::release);
    }
}
