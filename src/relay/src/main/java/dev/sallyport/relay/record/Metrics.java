package dev.sallyport.relay.record;

import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.Source;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.Fault;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;

/** All that a relay counts, shown in Prometheus' text format. The names are documented in {@code docs/reference/metrics.md}. Thread-safe. */
public final class Metrics {
    private static final RoleKind[] ROLES = RoleKind.values();
    private static final ProxyError[] ERRORS = ProxyError.values();
    private static final ClientFault[] FAULTS = ClientFault.values();
    private static final Fault[] MALFORMED = Fault.values();
    private static final String[] CODES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final List<LoopMetrics> loops = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> clusters = new ConcurrentSkipListMap<>();
    private final Map<String, ClusterMetrics> clusterMetrics = new ConcurrentSkipListMap<>();
    private final LongAdder watchFailures = new LongAdder();
    private final LongAdder droppedLines = new LongAdder();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder refusedReloads = new LongAdder();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
    private volatile Served served = new Served(List.of(), List.of());

    private record Served(List<String> hashes, List<Source> sources) {}

    private record Gauge(String name, String help, DoubleSupplier value) {}

    /** Counters for one more event loop. */
    public LoopMetrics forLoop() {
        LoopMetrics loop = new LoopMetrics();
        loops.add(loop);
        return loop;
    }

    /** Shows a number that is asked for whenever the metrics are read; a counter when its name ends with {@code _total}. */
    public void gauge(String name, String help, DoubleSupplier value) {
        gauges.add(new Gauge(name, help, value));
    }

    /**
     * A configuration is served from now on.
     *
     * @param hashes of its parts, which are several where it came from several directories
     * @param sources the objects that it was made from
     */
    public void configServed(List<String> hashes, List<Source> sources) {
        served = new Served(List.copyOf(hashes), List.copyOf(sources));
        reloads.increment();
    }

    /** A configuration was refused. */
    public void configRefused() {
        refusedReloads.increment();
    }

    /** The number of endpoints that a cluster has now. */
    public void clusterEndpoints(String cluster, int endpoints) {
        clusters.put(cluster, endpoints);
    }

    /** A cluster is gone. */
    public void clusterGone(String cluster) {
        clusters.remove(cluster);
    }

    /** What is counted of a cluster that is served, from now on or already. */
    public ClusterMetrics cluster(String cluster) {
        return clusterMetrics.computeIfAbsent(cluster, id -> new ClusterMetrics());
    }

    /** A cluster is not served any more, and what was counted of it is forgotten. */
    public void dropCluster(String cluster) {
        clusterMetrics.remove(cluster);
    }

    /** A watch of endpoints, or the list before it, failed. */
    public void endpointWatchFailed() {
        watchFailures.increment();
    }

    /** Decisions that were not logged, because whoever reads the log is slow. */
    void dropped(long decisions) {
        droppedLines.add(decisions);
    }

    /** Everything, in Prometheus' text format, version 0.0.4. */
    public String text() {
        Exposition out = new Exposition();
        asks(out);
        rules(out);
        durations(out);
        perListener(
                out,
                "sallyport_request_bytes_total",
                "Bytes of request bodies, and from clients into tunnels.",
                l -> l.requestBytes.get());
        perListener(
                out,
                "sallyport_response_bytes_total",
                "Bytes of response bodies, and to clients out of tunnels.",
                l -> l.responseBytes.get());
        perListener(out, "sallyport_retries_total", "Tries after the first.", l -> l.retries.get());
        errors(out);
        faults(out);
        connections(out);
        upstream(out);
        out.family("sallyport_cluster_endpoints", "gauge", "Endpoints of a cluster that may be picked.");
        clusters.forEach((cluster, count) -> out.sample(count, "cluster", cluster));
        ClusterMetrics.show(clusterMetrics, out);
        out.single(
                "sallyport_endpoint_watch_failures_total",
                "counter",
                "Failed lists and watches of endpoints.",
                watchFailures.sum());
        config(out);
        out.single(
                "sallyport_access_log_dropped_total",
                "counter",
                "Decisions that were not logged because the log's reader was slow.",
                droppedLines.sum());
        for (Gauge gauge : gauges) {
            out.family(gauge.name, gauge.name.endsWith("_total") ? "counter" : "gauge", gauge.help);
            out.suffixed("", Exposition.number(gauge.value.getAsDouble()));
        }
        return out.toString();
    }

    private void asks(Exposition out) {
        out.family("sallyport_requests_total", "counter", "Requests and tunnels that ended.");
        for (RoleKind role : ROLES) {
            for (String listener : listeners(role)) {
                for (Decision.Kind kind : Decision.Kind.values()) {
                    for (boolean allowed : new boolean[] {true, false}) {
                        for (int c = 0; c < CODES.length; c++) {
                            int code = c;
                            long count = sum(
                                    role,
                                    listener,
                                    l -> l.asks(kind, allowed, code).get());
                            if (count > 0) {
                                out.sample(
                                        count,
                                        "role",
                                        name(role),
                                        "listener",
                                        listener,
                                        "kind",
                                        kind.token(),
                                        "verdict",
                                        allowed ? "allowed" : "refused",
                                        "code",
                                        CODES[code]);
                            }
                        }
                    }
                }
            }
        }
    }

    private void rules(Exposition out) {
        out.family("sallyport_rule_decisions_total", "counter", "Decisions by the rule that made them.");
        for (RoleKind role : ROLES) {
            Map<String, Map<String, long[]>> sums = new ConcurrentSkipListMap<>();
            for (LoopMetrics loop : loops) {
                loop.rules
                        .get(role.ordinal())
                        .forEach((policy, rules) -> rules.forEach((rule, counts) -> {
                            long[] sum = sums.computeIfAbsent(policy, p -> new ConcurrentSkipListMap<>())
                                    .computeIfAbsent(rule, r -> new long[3]);
                            sum[0] += counts.allowed.get();
                            sum[1] += counts.refused.get();
                            sum[2] += counts.overlooked.get();
                        }));
            }
            String[] outcomes = {"allowed", "refused", "overlooked"};
            sums.forEach((policy, rules) -> rules.forEach((rule, sum) -> {
                for (int i = 0; i < outcomes.length; i++) {
                    if (sum[i] > 0) {
                        out.sample(sum[i], "role", name(role), "policy", policy, "rule", rule, "outcome", outcomes[i]);
                    }
                }
            }));
        }
    }

    private void durations(Exposition out) {
        out.family(
                "sallyport_request_duration_seconds",
                "histogram",
                "From the head of a request to the end of its response; tunnels are not in it.");
        for (RoleKind role : ROLES) {
            for (String listener : listeners(role)) {
                long total = 0;
                for (int i = 0; i <= Histogram.BOUNDS.length; i++) {
                    int bucket = i;
                    total += sum(role, listener, l -> l.durations.bucket(bucket));
                    out.suffixed(
                            "_bucket",
                            Long.toString(total),
                            "role",
                            name(role),
                            "listener",
                            listener,
                            "le",
                            i < Histogram.BOUNDS.length ? Histogram.BOUNDS[i] : "+Inf");
                }
                long nanos = sum(role, listener, l -> l.durations.sum());
                out.suffixed("_sum", Exposition.number(nanos / 1e9), "role", name(role), "listener", listener);
                out.suffixed("_count", Long.toString(total), "role", name(role), "listener", listener);
            }
        }
    }

    private void perListener(
            Exposition out, String name, String help, ToLongFunction<LoopMetrics.ListenerCounts> value) {
        out.family(name, "counter", help);
        for (RoleKind role : ROLES) {
            for (String listener : listeners(role)) {
                out.sample(sum(role, listener, value), "role", name(role), "listener", listener);
            }
        }
    }

    private void errors(Exposition out) {
        out.family(
                "sallyport_proxy_errors_total",
                "counter",
                "Answers that the relay gave by itself or cut short, by the error of their Proxy-Status.");
        for (RoleKind role : ROLES) {
            for (ProxyError error : ERRORS) {
                long count = sum(l -> l.errors[role.ordinal()][error.ordinal()].get());
                if (count > 0) {
                    out.sample(count, "role", name(role), "error", error.token());
                }
            }
        }
    }

    private void faults(Exposition out) {
        out.family(
                "sallyport_client_faults_total",
                "counter",
                "Clients that were refused or cut off for what they did, and messages that were not valid.");
        for (RoleKind role : ROLES) {
            for (ClientFault fault : FAULTS) {
                fault(out, role, fault.token(), l -> l.faults[role.ordinal()][fault.ordinal()].get());
            }
            for (Fault fault : MALFORMED) {
                String token = "malformed_" + fault.name().toLowerCase(Locale.ROOT);
                fault(out, role, token, l -> l.malformed[role.ordinal()][fault.ordinal()].get());
            }
        }
    }

    private void fault(Exposition out, RoleKind role, String token, ToLongFunction<LoopMetrics> value) {
        long count = sum(value);
        if (count > 0) {
            out.sample(count, "role", name(role), "fault", token);
        }
    }

    private void connections(Exposition out) {
        out.family("sallyport_connections_total", "counter", "Connections of clients that were accepted.");
        for (RoleKind role : ROLES) {
            out.sample(sum(l -> l.connections[role.ordinal()].get()), "role", name(role));
        }
        out.family("sallyport_connections_active", "gauge", "Connections of clients that are open.");
        for (RoleKind role : ROLES) {
            out.sample(
                    open(l -> l.connections[role.ordinal()].get(), l -> l.connectionsClosed[role.ordinal()].get()),
                    "role",
                    name(role));
        }
        out.single(
                "sallyport_accept_failures_total",
                "counter",
                "Times when connections could not be accepted, as the process had no file descriptors left or the like.",
                sum(l -> l.acceptFailures.get()));
        out.single(
                "sallyport_tunnels_active",
                "gauge",
                "Tunnels that are open.",
                open(l -> l.tunnels.get(), l -> l.tunnelsClosed.get()));
    }

    private void upstream(Exposition out) {
        out.single(
                "sallyport_upstream_connections_total",
                "counter",
                "Connections to destinations that were made.",
                sum(l -> l.upstreamConnections.get()));
        out.single(
                "sallyport_upstream_connections_active",
                "gauge",
                "Connections to destinations that are open, kept ones among them.",
                open(l -> l.upstreamConnections.get(), l -> l.upstreamConnectionsClosed.get()));
        out.single(
                "sallyport_upstream_reuses_total",
                "counter",
                "Uses of a kept connection to a destination.",
                sum(l -> l.upstreamReuses.get()));
        out.family("sallyport_name_lookups_total", "counter", "Names of destinations that were to be resolved.");
        for (NameResult result : NameResult.values()) {
            out.sample(sum(l -> l.names[result.ordinal()].get()), "result", result.token());
        }
        out.family(
                "sallyport_upstream_connect_failures_total",
                "counter",
                "Failed tries to connect to a destination, by error.");
        for (ProxyError error : ERRORS) {
            long count = sum(l -> l.upstreamFailures[error.ordinal()].get());
            if (count > 0) {
                out.sample(count, "error", error.token());
            }
        }
    }

    private void config(Exposition out) {
        Served now = served;
        out.family("sallyport_config_info", "gauge", "The configuration that is served, by its hash.");
        now.hashes.forEach(hash -> out.sample(1, "hash", hash));
        out.family("sallyport_config_generation", "gauge", "The generation of each object that it was made from.");
        for (Source source : now.sources) {
            out.sample(
                    source.generation(), "kind", source.kind(), "namespace", source.namespace(), "name", source.name());
        }
        out.family("sallyport_config_reloads_total", "counter", "Configurations that were taken up or refused.");
        out.sample(reloads.sum(), "result", "served");
        out.sample(refusedReloads.sum(), "result", "refused");
    }

    private List<String> listeners(RoleKind role) {
        return loops.stream()
                .flatMap(l -> l.listeners.get(role.ordinal()).keySet().stream())
                .sorted()
                .distinct()
                .toList();
    }

    private long sum(RoleKind role, String listener, ToLongFunction<LoopMetrics.ListenerCounts> value) {
        return sum(loop -> {
            LoopMetrics.ListenerCounts counts =
                    loop.listeners.get(role.ordinal()).get(listener);
            return counts == null ? 0 : value.applyAsLong(counts);
        });
    }

    private long sum(ToLongFunction<LoopMetrics> value) {
        long sum = 0;
        for (LoopMetrics loop : loops) {
            sum += value.applyAsLong(loop);
        }
        return sum;
    }

    /** What ended is read first: a reader that comes between the two never sees fewer than none. */
    private long open(ToLongFunction<LoopMetrics> began, ToLongFunction<LoopMetrics> ended) {
        long closed = sum(ended);
        return sum(began) - closed;
    }

    private static String name(RoleKind role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
