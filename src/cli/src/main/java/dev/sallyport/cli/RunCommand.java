package dev.sallyport.cli;

import dev.sallyport.cli.read.Problem;
import dev.sallyport.cli.schema.Crds;
import dev.sallyport.cli.serve.Echo;
import dev.sallyport.cli.serve.FileWatch;
import dev.sallyport.cli.serve.Running;
import dev.sallyport.cli.show.LiveDecisions;
import dev.sallyport.cli.show.Style;
import dev.sallyport.control.input.Settings;
import dev.sallyport.relay.listen.Server;
import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import dev.sallyport.relay.record.Recording;
import dev.sallyport.relay.upstream.endpoints.Endpoints;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** Serves files. */
@Command(
        name = "run",
        description = {
            "Serve the proxies in files with a relay in this process, without a cluster, and again whenever a file changes.",
            "Ends with status 0 on SIGTERM and SIGINT, after running exchanges have ended."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    /** What standard output shows of each decision. */
    enum Log {
        HUMAN,
        JSON
    }

    /** Why the files are read, and what is said of it. */
    private enum Occasion {
        START("ready", "not started"),
        CHANGE("reloaded", "kept what was served");

        private final String done;
        private final String failed;

        Occasion(String done, String failed) {
            this.done = done;
            this.failed = failed;
        }
    }

    @Mixin
    private Source source = new Source();

    @Option(
            names = "--address",
            description =
                    "Address that listeners bind, as a literal. Default: ${DEFAULT-VALUE}, so that nobody else reaches them.")
    private String address = "127.0.0.1";

    @Option(
            names = "--log",
            description = "How decisions are shown: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Log log = Log.HUMAN;

    @Option(names = "--echo", paramLabel = "PORT", description = "Also run the echo backend on this loopback port.")
    private @Nullable Integer echo;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final boolean colours = Style.wanted();

    @Override
    public Integer call() throws IOException, InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Signal.handle(new Signal("TERM"), signal -> end.countDown());
        Signal.handle(new Signal("INT"), signal -> end.countDown());

        Metrics metrics = new Metrics();
        try (Recording recording = recording(metrics);
                Endpoints endpoints = new Endpoints(metrics, null);
                Echo backend = echo == null ? null : new Echo(new InetSocketAddress("127.0.0.1", echo))) {
            Server server = Server.of(recording, events(), endpoints);
            Running running = new Running(
                    source.paths(),
                    source.recursive(),
                    Crds.bundled(),
                    Settings.process(Version.CURRENT, address, 0),
                    server);
            FileWatch watch = new FileWatch(source.paths(), source.recursive());
            if (!load(running, Occasion.START)) {
                return 1;
            }
            Thread.ofVirtual().name("files").start(() -> reload(watch, running));
            end.await();
            running.end();
        }
        return 0;
    }

    private Recording recording(Metrics metrics) {
        return switch (log) {
            case HUMAN -> Recording.toSink(metrics, new LiveDecisions(out, colours, ZoneId.systemDefault()));
            case JSON -> Recording.toStream(metrics, out);
        };
    }

    /** For those who read JSON; to others the decisions tell which backend failed. */
    private Events events() {
        return new Events(log == Log.JSON ? err : OutputStream.nullOutputStream(), Clock.systemUTC());
    }

    private void reload(FileWatch watch, Running running) {
        try {
            while (true) {
                watch.await();
                load(running, Occasion.CHANGE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean load(Running running, Occasion occasion) {
        Running.Outcome outcome = running.load();
        for (Problem problem : outcome.problems()) {
            err.println((problem.error() ? Style.BAD : Style.WARNING).of(problem.toString(), colours));
        }
        if (outcome.obstacle() != null) {
            err.println(Style.BAD.of("sallyport: " + occasion.failed + ": " + outcome.obstacle(), colours));
            return false;
        }
        out.println(Style.STRONG.of("sallyport: " + occasion.done + ": " + running.describe(), colours));
        return true;
    }
}
