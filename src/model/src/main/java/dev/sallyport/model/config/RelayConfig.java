package dev.sallyport.model.config;

import java.util.List;

/**
 * Everything that one relay serves. Equal configurations have equal bytes ({@link RelayConfigCodec}), and a relay
 * compares the parts of two of them by {@code equals} to leave alone what did not change.
 *
 * @param format the form of this record; a relay refuses one that is not in {@link RelayConfigCodec#FORMATS}
 * @param sources the objects that it was made from
 * @param loops the number of event loops; 0 stands for one per available processor
 * @param admin where the relay answers about itself
 * @param listeners where it accepts connections; names and addresses are unique
 * @param forwards the policies of the forward role, by unique name
 * @param reverses the policies of the reverse role, by unique name
 * @param clusters the destinations that the operator chose, by unique id
 * @param telemetry what it tells about its work
 * @param drain how it ends
 * @param secrets the {@linkplain SecretBundle#revision revision} of the secrets that go with it; empty: none
 */
public record RelayConfig(
        int format,
        List<Source> sources,
        int loops,
        Admin admin,
        List<Listener> listeners,
        List<ForwardPolicy> forwards,
        List<ReversePolicy> reverses,
        List<Cluster> clusters,
        Telemetry telemetry,
        Drain drain,
        String secrets) {

    public RelayConfig {
        sources = Lists.copy(sources);
        listeners = Lists.copy(listeners);
        forwards = Lists.copy(forwards);
        reverses = Lists.copy(reverses);
        clusters = Lists.copy(clusters);
        secrets = secrets == null ? "" : secrets;
    }

    /** One that needs no secrets. */
    public RelayConfig(
            int format,
            List<Source> sources,
            int loops,
            Admin admin,
            List<Listener> listeners,
            List<ForwardPolicy> forwards,
            List<ReversePolicy> reverses,
            List<Cluster> clusters,
            Telemetry telemetry,
            Drain drain) {
        this(format, sources, loops, admin, listeners, forwards, reverses, clusters, telemetry, drain, "");
    }

    /** The same with secrets of another revision. */
    public RelayConfig withSecrets(String revision) {
        return new RelayConfig(
                format, sources, loops, admin, listeners, forwards, reverses, clusters, telemetry, drain, revision);
    }

    /**
     * What one relay serves for several objects. Their policies, listeners and clusters stand side by side; of two
     * clusters that share an id and differ, the later one is renamed. The admin endpoints must be the same, and so must the secrets of those that have any; the loops,
     * the drain times and the access log are the most that any asks for.
     *
     * @param parts at least one
     * @throws InvalidConfigException when two of them claim one port or one name, which names both
     */
    public static RelayConfig merge(List<RelayConfig> parts) throws InvalidConfigException {
        return Merge.merge(parts);
    }
}
