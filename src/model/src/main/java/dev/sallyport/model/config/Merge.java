package dev.sallyport.model.config;

import dev.sallyport.model.address.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Joins configurations into one: {@link RelayConfig#merge}. */
final class Merge {
    private final List<Source> sources = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<ForwardPolicy> forwards = new ArrayList<>();
    private final List<ReversePolicy> reverses = new ArrayList<>();
    private final Map<String, Cluster> clusters = new LinkedHashMap<>();

    /** Who holds what must be held once, by what it is. */
    private final Map<String, String> holders = new HashMap<>();

    static RelayConfig merge(List<RelayConfig> parts) throws InvalidConfigException {
        if (parts.isEmpty()) {
            throw new InvalidConfigException("configuration: there is nothing to serve");
        }
        Merge merge = new Merge();
        for (RelayConfig part : parts) {
            merge.add(part, parts.getFirst());
        }
        return new RelayConfig(
                RelayConfigCodec.FORMAT,
                merge.sources,
                parts.stream().anyMatch(part -> part.loops() == 0)
                        ? 0
                        : parts.stream().mapToInt(RelayConfig::loops).max().orElseThrow(),
                parts.getFirst().admin(),
                merge.listeners,
                merge.forwards,
                merge.reverses,
                List.copyOf(merge.clusters.values()),
                new Telemetry(
                        parts.stream().anyMatch(part -> part.telemetry().accessLog() == Telemetry.AccessLog.JSON)
                                ? Telemetry.AccessLog.JSON
                                : Telemetry.AccessLog.NONE),
                new Drain(longest(parts, Drain::delay), longest(parts, Drain::grace)),
                secrets(parts));
    }

    private static String secrets(List<RelayConfig> parts) throws InvalidConfigException {
        List<String> revisions = parts.stream()
                .map(RelayConfig::secrets)
                .filter(revision -> !revision.isEmpty())
                .distinct()
                .toList();
        if (revisions.size() > 1) {
            throw new InvalidConfigException("secrets: " + String.join(" and ", revisions) + " cannot both be mounted");
        }
        return revisions.isEmpty() ? "" : revisions.getFirst();
    }

    private static Duration longest(List<RelayConfig> parts, Function<Drain, Duration> duration) {
        return parts.stream()
                .map(part -> duration.apply(part.drain()))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private void add(RelayConfig part, RelayConfig first) throws InvalidConfigException {
        String who = part.sources().stream()
                .map(source -> source.kind() + " " + source.namespace() + "/" + source.name())
                .collect(Collectors.joining(", "));
        if (!part.admin().equals(first.admin())) {
            throw new InvalidConfigException("admin: " + who + " has it at "
                    + part.admin().address() + ":"
                    + part.admin().port() + ", others at " + first.admin().address() + ":"
                    + first.admin().port());
        }
        sources.addAll(part.sources());
        for (ForwardPolicy policy : part.forwards()) {
            claim("forwards", "forward policy " + policy.name(), who);
            forwards.add(policy);
        }
        Map<String, String> renamed = new HashMap<>();
        for (Cluster cluster : part.clusters()) {
            renamed.put(cluster.id(), add(cluster, who));
        }
        for (ReversePolicy policy : part.reverses()) {
            claim("reverses", "reverse policy " + policy.name(), who);
            reverses.add(renamed(policy, renamed));
        }
        for (Listener listener : part.listeners()) {
            String holder = "listener " + listener.name() + " of " + who;
            claim("listeners", key(listener), holder);
            for (Listener other : listeners) {
                if (listener.port() != 0
                        && listener.port() == other.port()
                        && overlap(listener.address(), other.address())) {
                    throw new InvalidConfigException("listeners: port " + listener.port() + " is claimed by "
                            + holders.get(key(other)) + " and by " + holder);
                }
            }
            listeners.add(listener);
        }
    }

    private void claim(String path, String what, String who) throws InvalidConfigException {
        String holder = holders.putIfAbsent(what, who);
        if (holder != null) {
            throw new InvalidConfigException(path + ": " + what + " is claimed by " + holder + " and by " + who);
        }
    }

    private static String key(Listener listener) {
        return "the name of listener " + listener.name();
    }

    /** Whether two addresses cannot both be bound to one port: an unspecified one takes the port on all. */
    private static boolean overlap(String one, String other) {
        IpAddress first = IpAddress.parse(one);
        IpAddress second = IpAddress.parse(other);
        return first == null
                || second == null
                || first.equals(second)
                || first.isUnspecified()
                || second.isUnspecified();
    }

    /** The id that a cluster has in the whole: its own, unless another of that id is balanced or reached otherwise. */
    private String add(Cluster cluster, String who) {
        Cluster known = clusters.putIfAbsent(cluster.id(), cluster);
        if (known == null || known.equals(cluster)) {
            return cluster.id();
        }
        Cluster own = cluster.named(cluster.id() + " of " + who);
        clusters.put(own.id(), own);
        return own.id();
    }

    private static ReversePolicy renamed(ReversePolicy policy, Map<String, String> clusters) {
        return policy.with(
                policy.name(),
                policy.rules().stream().map(rule -> renamed(rule, clusters)).toList());
    }

    private static ReverseRule renamed(ReverseRule rule, Map<String, String> clusters) {
        return rule.withBackends(rule.backends().stream()
                .map(backend -> new ReverseRule.Backend(
                        clusters.getOrDefault(backend.cluster(), backend.cluster()),
                        backend.weight(),
                        backend.unresolved()))
                .toList());
    }
}
