package dev.sallyport.relay.listen;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.model.role.Role;
import dev.sallyport.model.role.Roles;
import dev.sallyport.relay.http.server.Door.Serving;
import dev.sallyport.relay.http.server.Handshakes;
import dev.sallyport.relay.http.server.Worker;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Loops;
import dev.sallyport.relay.loop.Redirects;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Recorder;
import dev.sallyport.relay.record.Recording;
import dev.sallyport.relay.respond.Dates;
import dev.sallyport.relay.respond.Via;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.tls.Provider;
import dev.sallyport.relay.tls.TlsContexts;
import dev.sallyport.relay.upstream.ClusterShare;
import dev.sallyport.relay.upstream.Upstreams;
import dev.sallyport.relay.upstream.endpoints.EndpointSource;
import dev.sallyport.relay.upstream.health.EndpointHealth;
import dev.sallyport.relay.upstream.names.ResolverSettings;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data path: accepts clients and serves them as a configuration says. Its methods are for control threads, never for
 * a loop; one at a time goes through.
 */
public final class Server {
    private final Recording recording;
    private final Events events;
    private final EndpointSource source;
    private final RoleCompiler compiler;
    private final Supplier<ResolverSettings> names;
    private final Transport transport;
    private final Redirects redirects;
    private final Via via = Via.random();
    private final Map<Place, Gates> gates = new LinkedHashMap<>();
    private Set<String> leftOut = Set.of();
    private final Map<String, Watched> clusters = new HashMap<>();
    private final List<CompletableFuture<Void>> leaving = new ArrayList<>();
    private TlsContexts tls;
    private Loops loops = Loops.NONE;
    private List<Worker> workers = List.of();
    private boolean ended;

    private record Watched(Cluster cluster, @Nullable ClientTls tls, ClusterShare share, EndpointSource.Watch watch) {}

    /**
     * @param events is told when the health of an endpoint changes
     * @param source is asked for the endpoints of clusters, and not closed
     * @param names whom to ask for the names of destinations
     * @param redirects asked for each connection to a listener of redirected ones
     * @param cryptography who does it, asked for when TLS is needed
     */
    public Server(
            Recording recording,
            Events events,
            EndpointSource source,
            RoleCompiler compiler,
            Supplier<ResolverSettings> names,
            Transport transport,
            Redirects redirects,
            Supplier<Provider> cryptography) {
        this.recording = recording;
        this.events = events;
        this.source = source;
        this.compiler = compiler;
        this.names = names;
        this.transport = transport;
        this.redirects = redirects;
        this.tls = TlsContexts.by(cryptography);
    }

    /** A server that decides as {@code model} does, on the transport and with the name servers of this machine. */
    public static Server of(Recording recording, Events events, EndpointSource source) {
        Transport transport = Transport.best();
        return new Server(
                recording,
                events,
                source,
                Server::compile,
                ResolverSettings::ofMachine,
                transport,
                transport,
                Provider::best);
    }

    private static Map<String, Role> compile(RelayConfig config) throws InvalidConfigException {
        try {
            List<InetAddress> own = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress())
                    .toList();
            return Roles.compile(
                    config, own, bound -> ThreadLocalRandom.current().nextInt(bound));
        } catch (SocketException e) {
            throw new IllegalStateException("the addresses of this machine cannot be known", e);
        }
    }

    /**
     * Serves {@code config} in place of what was served before. Listeners at the same address and port keep their sockets
     * and connections, equal clusters their pools; what is gone is let go within the grace of the drain. When it
     * returns, all listeners accept. The number of loops is that of the first configuration.
     *
     * @param secrets what the configuration refers to
     * @throws InvalidConfigException when it cannot be served, for instance as a port is taken; then what was served
     *     before goes on
     */
    public synchronized void apply(RelayConfig config, SecretBundle secrets) throws InvalidConfigException {
        if (ended) {
            throw new IllegalStateException("the server has ended");
        }
        Map<String, Role> roles = compiler.compile(config);
        TlsContexts nextTls = tls.next(config, secrets);
        List<Listener> listeners =
                config.listeners().stream().filter(Server::isPossible).toList();
        Map<Place, Serving> wanted;
        Map<Place, Gates> added;
        try {
            wanted = wanted(config, listeners, roles, nextTls);
            start(config.loops());
            added = bind(config, wanted);
        } catch (InvalidConfigException | RuntimeException e) {
            nextTls.retire(tls);
            throw e;
        }
        tellLeftOut(config.listeners(), listeners);
        publishClusters(config.clusters(), nextTls);
        Duration grace = config.drain().grace();
        wanted.forEach((place, serving) -> {
            Gates kept = gates.get(place);
            if (kept != null) {
                kept.serve(serving, grace);
            }
        });
        gates.entrySet().removeIf(bound -> {
            boolean gone = !wanted.containsKey(bound.getKey());
            if (gone) {
                let(bound.getValue().leave(grace));
            }
            return gone;
        });
        gates.putAll(added);
        removeClusters(config.clusters());
        loops.runOnEach(loop -> {});
        added.values().forEach(Gates::open);
        TlsContexts oldTls = tls;
        tls = nextTls;
        whenLeft().thenRun(() -> oldTls.retire(nextTls));
    }

    /** Where each listener accepts, by its name. */
    public synchronized Map<String, InetSocketAddress> addresses() {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        gates.values().forEach(bound -> addresses.put(bound.listener().name(), bound.address()));
        return addresses;
    }

    /**
     * Serves on, but with each response announces that its connection ends, so that clients which use theirs take them
     * elsewhere before {@link #drain} closes what is left. Outbound listeners beside inbound ones announce nothing.
     */
    public synchronized void announceEnd() {
        first().forEach(Gates::announceEnd);
    }

    /**
     * Accepts what has come already and nothing more, lets what runs end by itself for {@code grace}, closes the rest,
     * and ends the loops. With listeners of both roles the outbound ones serve on until the inbound ones are at rest, as
     * what runs there may ask for more outside, and then do the same in what is left of the grace.
     *
     * @return completes when nothing is left
     */
    public synchronized CompletableFuture<Void> drain(Duration grace) {
        ended = true;
        long end = System.nanoTime() + grace.toNanos();
        return leave(first(), grace)
                .thenCompose(inbound -> leave(first(), Duration.ofNanos(Math.max(0, end - System.nanoTime()))))
                .thenCompose(outbound -> whenLeft())
                .thenComposeAsync(nothing -> {
                    clusters.values().forEach(watched -> {
                        watched.watch().close();
                        watched.share().close();
                    });
                    workers.forEach(worker -> worker.loop().run(worker.upstreams()::close));
                    return loops.stop();
                })
                .thenRun(() -> tls.retire(TlsContexts.NONE));
    }

    /** The listeners that end before any other: those of the reverse role, or all when there are none. */
    private synchronized List<Gates> first() {
        List<Gates> inbound = gates.values().stream()
                .filter(bound -> bound.listener().role() == RoleKind.REVERSE)
                .toList();
        return inbound.isEmpty() ? List.copyOf(gates.values()) : inbound;
    }

    private synchronized CompletableFuture<Void> leave(List<Gates> bound, Duration grace) {
        gates.values().removeAll(bound);
        CompletableFuture<Void> left = CompletableFuture.allOf(
                bound.stream().map(each -> each.leave(grace)).toArray(CompletableFuture[]::new));
        let(left);
        return left;
    }

    /** Completes when all that was let go so far is gone. */
    private synchronized CompletableFuture<Void> whenLeft() {
        return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
    }

    private void let(CompletableFuture<Void> left) {
        leaving.removeIf(CompletableFuture::isDone);
        leaving.add(left);
    }

    private void start(int count) {
        if (workers.isEmpty()) {
            loops = Loops.start(count == 0 ? Runtime.getRuntime().availableProcessors() : count, transport);
            workers = loops.all().stream().map(this::worker).toList();
        }
    }

    private Worker worker(Loop loop) {
        Recorder recorder = recording.forLoop();
        return new Worker(
                loop,
                new Upstreams(loop, recorder.metrics(), names),
                recorder,
                via,
                new Dates(),
                new Handshakes(),
                redirects);
    }

    /**
     * Whether there is what a listener is for: connections of IPv6 are redirected to {@code ::1}, and where a machine does not
     * have that address there are none to be redirected.
     */
    private static boolean isPossible(Listener listener) {
        InetAddress address = InetAddress.ofLiteral(listener.address());
        if (!listener.protocols().contains(Protocol.TRANSPARENT)
                || !(address instanceof Inet6Address)
                || !address.isLoopbackAddress()) {
            return true;
        }
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            throw new IllegalStateException("the addresses of this machine cannot be known", e);
        }
    }

    /** Once for each of them, until it is there again. */
    private void tellLeftOut(List<Listener> configured, List<Listener> possible) {
        Set<String> missing = new HashSet<>();
        for (Listener listener : configured) {
            if (!possible.contains(listener)) {
                missing.add(listener.name());
                if (!leftOut.contains(listener.name())) {
                    events.info(
                            "listener-left-out",
                            "listener",
                            listener.name(),
                            "message",
                            "this machine has no IPv6, so nothing is redirected to " + listener.address());
                }
            }
        }
        leftOut = missing;
    }

    private static Map<Place, Serving> wanted(
            RelayConfig config, List<Listener> listeners, Map<String, Role> roles, TlsContexts tls)
            throws InvalidConfigException {
        Map<Place, Serving> wanted = new LinkedHashMap<>();
        for (Listener listener : listeners) {
            int i = config.listeners().indexOf(listener);
            Role role = roles.get(listener.name());
            if (role == null) {
                throw new InvalidConfigException("listeners[" + i + "].policy: there is no policy '" + listener.policy()
                        + "' of the " + listener.role() + " role");
            }
            Serving other = wanted.put(Place.of(listener), new Serving(listener, role, tls.listener(listener.name())));
            if (other != null) {
                throw new InvalidConfigException("listeners[" + i + "].port: " + listener.port()
                        + " is also the port of listener '" + other.listener().name() + "'");
            }
        }
        return wanted;
    }

    private Map<Place, Gates> bind(RelayConfig config, Map<Place, Serving> wanted) throws InvalidConfigException {
        Map<Place, Gates> added = new LinkedHashMap<>();
        for (Map.Entry<Place, Serving> each : wanted.entrySet()) {
            if (gates.containsKey(each.getKey())) {
                continue;
            }
            Listener listener = each.getValue().listener();
            try {
                List<Gates> leaving = gates.entrySet().stream()
                        .filter(bound -> !wanted.containsKey(bound.getKey())
                                && bound.getKey().overlaps(each.getKey()))
                        .map(Map.Entry::getValue)
                        .toList();
                added.put(each.getKey(), Gates.bind(workers, each.getValue(), leaving));
            } catch (IOException e) {
                added.values().forEach(Gates::discard);
                throw new InvalidConfigException(
                        "listeners[" + config.listeners().indexOf(listener) + "].port: listener '" + listener.name()
                                + "' cannot have port " + listener.port() + " of " + listener.address() + ": "
                                + e.getMessage(),
                        e);
            }
        }
        return added;
    }

    private void publishClusters(List<Cluster> wanted, TlsContexts nextTls) {
        for (Cluster cluster : wanted) {
            ClientTls clusterTls = nextTls.cluster(cluster.id());
            Watched known = clusters.get(cluster.id());
            if (known != null && known.cluster().equals(cluster) && known.tls() == clusterTls) {
                continue;
            }
            ClusterShare share = known == null ? share(cluster) : known.share();
            share.become(cluster, clusterTls);
            onEach(upstreams -> upstreams.put(cluster, clusterTls, share));
            EndpointSource.Watch watch = source.watch(cluster, endpoints -> {
                List<EndpointHealth> now = share.endpoints(cluster, endpoints);
                if (now != null) {
                    onEach(upstreams -> upstreams.endpoints(cluster, now));
                }
            });
            clusters.put(cluster.id(), new Watched(cluster, clusterTls, share, watch));
            if (known != null) {
                // Last, so that what is known of a Service outlives the change.
                known.watch().close();
            }
        }
    }

    private void removeClusters(List<Cluster> wanted) {
        List<String> ids = wanted.stream().map(Cluster::id).toList();
        clusters.entrySet().removeIf(known -> {
            boolean gone = !ids.contains(known.getKey());
            if (gone) {
                known.getValue().watch().close();
                onEach(upstreams -> upstreams.remove(known.getKey()));
                // Last, so that those who waited find it gone.
                known.getValue().share().close();
                recording.metrics().dropCluster(known.getKey());
            }
            return gone;
        });
    }

    /** What time does to a cluster happens on one loop, not on the same for all clusters. */
    private ClusterShare share(Cluster cluster) {
        Loop home = workers.get(Math.floorMod(cluster.id().hashCode(), workers.size()))
                .loop();
        return new ClusterShare(cluster, home, recording.metrics().cluster(cluster.id()), events);
    }

    private void onEach(Consumer<Upstreams> task) {
        workers.forEach(worker -> worker.loop().run(() -> task.accept(worker.upstreams())));
    }
}
