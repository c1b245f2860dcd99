package dev.sallyport.cli.serve;

import dev.sallyport.cli.assemble.Assembled;
import dev.sallyport.cli.read.Manifests;
import dev.sallyport.cli.read.Problem;
import dev.sallyport.cli.schema.Crds;
import dev.sallyport.control.input.Settings;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.relay.listen.Server;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Serves the proxies of some files. Used by one thread. */
public final class Running {
    private final List<Path> paths;
    private final boolean recursive;
    private final Crds crds;
    private final Settings settings;
    private final Server server;
    private @Nullable RelayConfig served;

    public Running(List<Path> paths, boolean recursive, Crds crds, Settings settings, Server server) {
        this.paths = List.copyOf(paths);
        this.recursive = recursive;
        this.crds = crds;
        this.settings = settings;
        this.server = server;
    }

    /**
     * What came of reading the files.
     *
     * @param problems of the objects
     * @param obstacle why what was served before goes on; null when the files are served as they are now
     */
    public record Outcome(List<Problem> problems, @Nullable String obstacle) {}

    /** Reads the files and serves them. An object that cannot be served, or that clashes with another, changes nothing. */
    public Outcome load() {
        Assembled assembled = Assembled.of(Manifests.read(paths, recursive, crds), settings, Instant.now());
        List<Problem> problems = new ArrayList<>(assembled.problems());
        problems.addAll(assembled.leftOut());
        if (assembled.proxies().isEmpty() && !assembled.hasErrors()) {
            return new Outcome(
                    problems,
                    "there is no ForwardProxy and no ReverseProxy in "
                            + paths.stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        if (!assembled.isServable()) {
            return new Outcome(problems, "an object is not accepted");
        }
        try {
            RelayConfig config = assembled.config();
            server.apply(config, assembled.secrets());
            served = config;
            return new Outcome(problems, null);
        } catch (InvalidConfigException e) {
            return new Outcome(problems, e.getMessage());
        }
    }

    /** What is served where: {@code forward quickstart/egress on 127.0.0.1:3128}. */
    public String describe() {
        Map<String, InetSocketAddress> addresses = server.addresses();
        RelayConfig config = served;
        return config == null
                ? "nothing"
                : config.listeners().stream()
                        .map(listener -> describe(listener, addresses.get(listener.name())))
                        .collect(Collectors.joining(", "));
    }

    /** Ends: accepts nothing new, and waits for what runs at most as long as the objects say. */
    public void end() {
        RelayConfig config = served;
        server.drain(config == null ? Duration.ZERO : config.drain().grace())
                .toCompletableFuture()
                .join();
    }

    private static String describe(Listener listener, @Nullable InetSocketAddress address) {
        String where = address == null
                ? listener.address() + ":" + listener.port()
                : address.getAddress().getHostAddress() + ":" + address.getPort();
        return listener.role().name().toLowerCase(Locale.ROOT) + " " + listener.policy() + " on " + where;
    }
}
