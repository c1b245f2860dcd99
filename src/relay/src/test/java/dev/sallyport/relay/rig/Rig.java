package dev.sallyport.relay.rig;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.ListenerTls;
import dev.sallyport.model.config.OriginTls;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.model.config.Telemetry;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.Disclosure;
import dev.sallyport.model.role.Peer;
import dev.sallyport.model.role.Role;
import dev.sallyport.model.role.Roles;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Tracing;
import dev.sallyport.model.role.Trail;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.listen.RoleCompiler;
import dev.sallyport.relay.listen.Server;
import dev.sallyport.relay.loop.Redirects;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.record.Recording;
import dev.sallyport.relay.tls.Provider;
import dev.sallyport.relay.upstream.endpoints.Endpoints;
import dev.sallyport.relay.upstream.names.ResolverSettings;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A relay under test, with what it recorded. When it is closed it must have given back all that it had. */
public final class Rig implements AutoCloseable {
    public static final Duration NO_LIMIT = Duration.ZERO;
    public static final Disclosure TRANSPARENT = new Disclosure(Disclosure.Forwarding.REPLACE, true, false);

    private final BlockingQueue<RecordedDecision> decisions = new LinkedBlockingQueue<>();
    private final Metrics metrics = new Metrics();
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private final Recording recording;
    private final Endpoints endpoints = new Endpoints(metrics, null);
    private final Server server;
    private RelayConfig config;
    private SecretBundle secrets;
    private boolean drained;

    private Rig(Setup setup) throws InvalidConfigException {
        this.config = setup.config;
        this.secrets = setup.secrets;
        this.recording = setup.silent
                ? Recording.toStream(metrics, OutputStream.nullOutputStream())
                : Recording.toSink(metrics, decisions::add);
        this.server = new Server(
                recording,
                new Events(events, Clock.systemUTC()),
                endpoints,
                setup.compiler,
                () -> setup.nameServers,
                setup.transport,
                setup.redirects == null ? setup.transport : setup.redirects,
                () -> setup.provider);
        server.apply(config, secrets);
    }

    public static Setup setup() {
        return new Setup();
    }

    public Server server() {
        return server;
    }

    public Metrics metrics() {
        return metrics;
    }

    /** The value of a sample, {@code name{label="value"}}, or 0 when there is none. */
    public long metric(String sample) {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(sample.length() + 1)))
                .findAny()
                .orElse(0);
    }

    /** How often clients were refused for a fault, in both roles. */
    public long faults(String fault) {
        return metric("sallyport_client_faults_total{role=\"forward\",fault=\"" + fault + "\"}")
                + metric("sallyport_client_faults_total{role=\"reverse\",fault=\"" + fault + "\"}");
    }

    /** What was told of the relay itself, as lines of JSON. */
    public String events() {
        return events.toString(StandardCharsets.UTF_8);
    }

    public RelayConfig config() {
        return config;
    }

    public void apply(RelayConfig next) throws InvalidConfigException {
        apply(next, secrets);
    }

    /** Applies the configuration with its cluster changed. */
    public void backend(UnaryOperator<Cluster> change) throws InvalidConfigException {
        apply(Configs.clusters(config, config.clusters().stream().map(change).toList()));
    }

    public void apply(RelayConfig next, SecretBundle with) throws InvalidConfigException {
        server.apply(next, with);
        config = next;
        secrets = with;
    }

    /** A connection to the first listener. */
    public Wire connect() {
        return connect(config.listeners().getFirst().name());
    }

    /** An HTTP/2 connection to the first listener. */
    public Http2Wire http2() {
        return Http2Wire.to(address());
    }

    /** Where the first listener is bound. */
    public InetSocketAddress address() {
        return server.addresses().get(config.listeners().getFirst().name());
    }

    public Wire connect(String listener) {
        return Wire.to(server.addresses().get(listener));
    }

    /** Whether the first listener resets a connection. */
    public boolean resets() {
        return resets(config.listeners().getFirst().name());
    }

    /** Whether a listener resets a connection, which may be before it is noticed to be there at all. */
    public boolean resets(String listener) {
        try (Wire client = connect(listener)) {
            return !client.ends();
        } catch (UncheckedIOException e) {
            return e.getCause() instanceof SocketException;
        }
    }

    /** The next decision that was recorded. */
    public RecordedDecision decision() throws InterruptedException {
        RecordedDecision next = decisions.poll(Wire.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("nothing was recorded");
        }
        return next;
    }

    /** Whether nothing was recorded that {@link #decision()} has not told. */
    public boolean toldAll() {
        return decisions.isEmpty();
    }

    public void drain(Duration grace) {
        drained = true;
        server.drain(grace).orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (!drained) {
            drain(Duration.ZERO);
        }
        endpoints.close();
        recording.close();
        Leaks.check();
    }

    private record Traced(Role role, Tracing tracing) implements Role {
        @Override
        public Verdict decide(Ask ask, Peer peer, Trail trail) {
            return role.decide(ask, peer, trail);
        }
    }

    public static final class Setup {
        private static final ClientLimits LIMITS =
                new ClientLimits(32 << 10, 8 << 20, Duration.ofSeconds(30), Duration.ofSeconds(60));

        private RelayConfig config = new RelayConfig(
                1,
                List.of(),
                1,
                new Admin("127.0.0.1", 0),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Telemetry(Telemetry.AccessLog.JSON),
                new Drain(Duration.ZERO, Duration.ofSeconds(5)));
        private RoleCompiler compiler = this::compile;
        private final Map<String, Role> roles = new HashMap<>();
        private ResolverSettings nameServers = ResolverSettings.ofMachine();
        private Transport transport = Transport.best();
        private @Nullable Redirects redirects;
        private Provider provider = Provider.best();
        private SecretBundle secrets = SecretBundle.EMPTY;
        private Timeouts timeouts =
                new Timeouts(Duration.ofSeconds(10), NO_LIMIT, NO_LIMIT, Duration.ofSeconds(60), NO_LIMIT);
        private int retries = 1;
        private Disclosure disclosure = TRANSPARENT;
        private AddressPolicy addresses = AddressPolicy.ANY;
        private Tracing tracing = Tracing.CONTINUE;
        private boolean silent;

        private Setup() {}

        private Map<String, Role> compile(RelayConfig compiled) {
            Map<String, Role> all = new HashMap<>();
            for (Listener listener : compiled.listeners()) {
                Role role = roles.getOrDefault(listener.name(), role(listener));
                all.put(listener.name(), new Traced(role, tracing));
            }
            return all;
        }

        private Role role(Listener listener) {
            Timeouts limits = timeouts;
            return (ask, peer, trail) -> new Verdict.To(
                    listener.role() == RoleKind.REVERSE ? new Destination.Cluster("backend") : named(ask),
                    "rule",
                    disclosure,
                    addresses,
                    limits,
                    retries,
                    null);
        }

        private static Destination named(Ask ask) {
            return switch (ask) {
                case Ask.Http http ->
                    new Destination.Named(
                            http.request().host().toString().toLowerCase(Locale.ROOT),
                            http.request().port() < 0 ? 80 : http.request().port());
                case Ask.Connect connect ->
                    new Destination.Named(
                            connect.request().host().toString(),
                            connect.request().port());
                case Ask.Stream stream -> throw new IllegalArgumentException("only for clusters");
                case Ask.OriginalDestination redirected -> {
                    String name = redirected.tls() == null
                            ? ""
                            : redirected.tls().name().toString();
                    yield new Destination.Named(
                            name.isEmpty() ? redirected.address().toString() : name, redirected.port());
                }
                case Ask.ServerName tls -> throw new IllegalArgumentException("only for clusters");
            };
        }

        /** Writes decisions as lines to nowhere, as a relay does, and keeps none. */
        public Setup silent() {
            silent = true;
            return this;
        }

        public Setup provider(Provider provider) {
            this.provider = provider;
            return this;
        }

        /** What the configuration refers to. */
        public Setup secrets(SecretBundle secrets) {
            this.secrets = secrets;
            return this;
        }

        /** Ends TLS on all listeners. */
        public Setup tls(ListenerTls tls) {
            config = Configs.listeners(
                    config,
                    config.listeners().stream()
                            .map(listener -> Configs.tls(listener, tls))
                            .toList());
            return this;
        }

        /** Begins TLS with the endpoints of the cluster. */
        public Setup backendTls(Cluster.Protocol protocol, OriginTls tls) {
            config = Configs.clusters(
                    config,
                    config.clusters().stream()
                            .map(cluster -> Configs.tls(cluster, protocol, tls))
                            .toList());
            return this;
        }

        public Setup transport(Transport transport) {
            this.transport = transport;
            return this;
        }

        /** Where connections were going, in place of what the kernel says. */
        public Setup redirects(Redirects redirects) {
            this.redirects = redirects;
            return this;
        }

        public Setup nameServers(ResolverSettings nameServers) {
            this.nameServers = nameServers;
            return this;
        }

        public Setup timeouts(UnaryOperator<Timeouts> change) {
            timeouts = change.apply(timeouts);
            return this;
        }

        public Setup retries(int retries) {
            this.retries = retries;
            return this;
        }

        public Setup disclosure(Disclosure disclosure) {
            this.disclosure = disclosure;
            return this;
        }

        /** What becomes of traces in place of {@link Tracing#CONTINUE}. */
        public Setup tracing(Tracing tracing) {
            this.tracing = tracing;
            return this;
        }

        public Setup addresses(AddressPolicy addresses) {
            this.addresses = addresses;
            return this;
        }

        /** A whole configuration, with the roles that the model makes of it. */
        public Setup config(RelayConfig whole) {
            config = whole;
            compiler = all -> Roles.compile(
                    all, List.of(), bound -> ThreadLocalRandom.current().nextInt(bound));
            return this;
        }

        /** The role of a listener, in place of one that lets all through. */
        public Setup role(String listener, Role role) {
            roles.put(listener, role);
            return this;
        }

        public Setup loops(int loops) {
            config = Configs.loops(config, loops);
            return this;
        }

        public Setup drain(Drain drain) {
            config = Configs.drain(config, drain);
            return this;
        }

        /** A listener of the reverse role in front of a cluster {@code backend}. */
        public Setup reverse(Origin... origins) {
            return reverse(limits -> limits, origins);
        }

        public Setup reverse(UnaryOperator<ClientLimits> limits, Origin... origins) {
            config = Configs.listener(
                    config,
                    new Listener(
                            "web",
                            "127.0.0.1",
                            0,
                            8080,
                            RoleKind.REVERSE,
                            "shop/web",
                            List.of(Protocol.HTTP),
                            limits.apply(LIMITS)));
            return cluster(Arrays.stream(origins).map(Origin::endpoint).toList());
        }

        /** Changes all listeners. */
        public Setup listeners(UnaryOperator<Listener> change) {
            config = Configs.listeners(
                    config, config.listeners().stream().map(change).toList());
            return this;
        }

        /** The endpoints of the cluster. */
        public Setup members(List<EndpointSet.Endpoint> members) {
            config = Configs.clusters(config, List.of());
            return cluster(members);
        }

        private Setup cluster(List<EndpointSet.Endpoint> members) {
            List<Cluster> clusters = new ArrayList<>(config.clusters());
            clusters.add(new Cluster(
                    "backend", new EndpointSet.Fixed(members), Cluster.Balancing.ROUND_ROBIN, Duration.ofSeconds(10)));
            config = Configs.clusters(config, clusters);
            return this;
        }

        /** Changes the cluster, which must be there. */
        public Setup backend(UnaryOperator<Cluster> change) {
            config = Configs.clusters(
                    config, config.clusters().stream().map(change).toList());
            return this;
        }

        /** A listener of the forward role. */
        public Setup forward() {
            return forward(limits -> limits);
        }

        public Setup forward(UnaryOperator<ClientLimits> limits) {
            config = Configs.listener(
                    config,
                    new Listener(
                            "proxy",
                            "127.0.0.1",
                            0,
                            3128,
                            RoleKind.FORWARD,
                            "shop/egress",
                            List.of(Protocol.HTTP, Protocol.CONNECT),
                            limits.apply(LIMITS)));
            return this;
        }

        public RelayConfig config() {
            return config;
        }

        public Rig start() throws InvalidConfigException {
            return new Rig(this);
        }
    }
}
