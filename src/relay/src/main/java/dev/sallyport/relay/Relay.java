package dev.sallyport.relay;

import dev.sallyport.model.config.Admin;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RelayPorts;
import dev.sallyport.model.config.SecretBundle;
import dev.sallyport.relay.admin.AdminPort;
import dev.sallyport.relay.admin.AdminServer;
import dev.sallyport.relay.admin.ApplicationProbes;
import dev.sallyport.relay.admin.Readiness;
import dev.sallyport.relay.config.ConfigDirectories;
import dev.sallyport.relay.config.ConfigDirectory;
import dev.sallyport.relay.config.ConfigStatus;
import dev.sallyport.relay.drain.DrainSequence;
import dev.sallyport.relay.listen.Redirection;
import dev.sallyport.relay.listen.Server;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import dev.sallyport.relay.record.ProcessMetrics;
import dev.sallyport.relay.record.Recording;
import dev.sallyport.relay.upstream.endpoints.ApiServer;
import dev.sallyport.relay.upstream.endpoints.EndpointSource;
import dev.sallyport.relay.upstream.endpoints.Endpoints;
import dev.sallyport.relay.upstream.endpoints.Pace;
import dev.sallyport.relay.upstream.endpoints.SliceWatches;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import sun.misc.Signal;

/**
 * The relay as a process. It serves the configurations that it finds in its directories, and each later one; tells of
 * itself on the admin port and, as lines of JSON, on standard error; writes the access log to standard output; and
 * ends with status 0 after SIGTERM or SIGINT.
 */
public final class Relay {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Admin ANYWHERE = new Admin("0.0.0.0", RelayPorts.ADMIN);

    private final Options options;
    private final Events events;
    private final Readiness readiness = new Readiness();
    private final Metrics metrics = new Metrics();
    private final Recording recording;
    private final EndpointSource endpoints;
    private final Server server;
    private final ConfigDirectories directories;
    private final AdminPort admin;
    private final DrainSequence sequence;
    private volatile Drain drain = new Drain(Duration.ZERO, Duration.ZERO);
    private boolean draining;

    Relay(Options options, Map<String, String> environment, OutputStream out, Events events)
            throws IOException, InvalidConfigException {
        this.options = options;
        this.events = events;
        this.recording = Recording.toStream(metrics, out);
        ApiServer api = ApiServer.ofCluster(environment, options.serviceAccount());
        this.endpoints =
                new Endpoints(metrics, api == null ? null : new SliceWatches(api, Pace.USUAL, metrics, events));
        this.server = Server.of(recording, events, endpoints);
        this.directories = new ConfigDirectories(options.config(), LOOK, options.pod(), this::take, new Observer());
        Admin first = options.admin();
        var probes = new ApplicationProbes(options.probes());
        this.admin = new AdminPort(
                first == null ? ANYWHERE : first,
                address -> new AdminServer(address, readiness, metrics, directories::status, probes));
        this.sequence = new DrainSequence(readiness, server::announceEnd, server::drain);
        ProcessMetrics.register(metrics);
        metrics.gauge(
                "sallyport_direct_memory_bytes",
                "Memory outside the heap that the buffers of connections hold.",
                () -> PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
    }

    public static void main(String[] arguments) {
        Events events = new Events(new FileOutputStream(FileDescriptor.err), Clock.systemUTC());
        try {
            Options options = Options.parse(List.of(arguments));
            InternalLoggerFactory.setDefaultFactory(new NettyEvents(events));
            if (options.pod().redirected() && !Redirection.isInForce()) {
                throw new IOException(
                        "the pod's kernel is to lead its traffic here (--redirected), and has no rules for that");
            }
            OutputStream out = new FileOutputStream(FileDescriptor.out);
            new Relay(options, System.getenv(), out, events).start();
            // Until a signal ends the process: its other threads may all be daemons for a moment.
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            System.exit(1);
        } catch (IllegalArgumentException e) {
            System.err.println("relay: " + e.getMessage() + "\n" + Options.USAGE);
            System.exit(2);
        } catch (IOException | InvalidConfigException e) {
            events.warn("not-started", "message", String.valueOf(e.getMessage()));
            System.exit(1);
        }
    }

    /** Returns at once. */
    void start() {
        for (String signal : List.of("TERM", "INT")) {
            Signal.handle(new Signal(signal), received -> end(received.getName()));
        }
        String config = options.config().stream().map(Path::toString).collect(Collectors.joining(", "));
        events.info("started", "config", config, "admin", text(admin.address()));
        directories.start();
    }

    /** On the thread of a directory, one at a time. */
    private void take(RelayConfig config, SecretBundle secrets) throws InvalidConfigException {
        Admin before = admin.wanted();
        if (options.admin() == null) {
            admin.move(config.admin());
        }
        try {
            server.apply(options.admin() == null ? config : withAdmin(config, admin.address()), secrets);
        } catch (InvalidConfigException | RuntimeException e) {
            admin.move(before);
            throw e;
        }
        recording.accessLog(config.telemetry().accessLog());
        Duration grace = options.grace();
        drain = grace == null ? config.drain() : new Drain(config.drain().delay(), grace);
    }

    private final class Observer implements ConfigDirectory.Observer {
        @Override
        public synchronized void served(ConfigStatus.Served served) {
            boolean first = directories.isWhole() && readiness.obstacle() != null;
            if (first) {
                readiness.ready();
            }
            List<ConfigStatus.Served> all = directories.served();
            metrics.configServed(
                    all.stream().map(ConfigStatus.Served::hash).toList(),
                    all.stream().flatMap(part -> part.sources().stream()).toList());
            Map<String, String> listeners = new LinkedHashMap<>();
            server.addresses().forEach((name, address) -> listeners.put(name, text(address)));
            events.info(
                    first ? "ready" : "config-served",
                    "hash",
                    served.hash(),
                    "listeners",
                    listeners,
                    "admin",
                    text(admin.address()),
                    "cpuMs",
                    ProcessMetrics.processorTime().toMillis());
        }

        @Override
        public void refused(ConfigStatus.Refusal refusal) {
            metrics.configRefused();
            events.warn("config-refused", "hash", refusal.hash(), "message", refusal.message());
        }

        @Override
        public void waiting(ConfigStatus.Waiting waiting) {
            events.info("config-waiting", "hash", waiting.hash(), "reason", ConfigStatus.Waiting.REASON);
        }
    }

    /** Each signal comes on a thread of its own. */
    private void end(String signal) {
        synchronized (this) {
            if (draining) {
                events.info("hurried", "signal", signal);
                sequence.hurry();
                return;
            }
            draining = true;
        }
        Drain how = drain;
        events.info(
                "draining",
                "signal",
                signal,
                "delayMs",
                how.delay().toMillis(),
                "graceMs",
                how.grace().toMillis());
        sequence.run(how);
        endpoints.close();
        recording.close();
        events.info("ended");
        System.exit(0);
    }

    /** The forward role does not dial the admin port, wherever it really is. */
    private static RelayConfig withAdmin(RelayConfig config, InetSocketAddress admin) {
        return new RelayConfig(
                config.format(),
                config.sources(),
                config.loops(),
                new Admin(admin.getAddress().getHostAddress(), admin.getPort()),
                config.listeners(),
                config.forwards(),
                config.reverses(),
                config.clusters(),
                config.telemetry(),
                config.drain(),
                config.secrets());
    }

    private static String text(InetSocketAddress address) {
        String literal = address.getAddress().getHostAddress();
        return (literal.indexOf(':') < 0 ? literal : "[" + literal + "]") + ":" + address.getPort();
    }
}
