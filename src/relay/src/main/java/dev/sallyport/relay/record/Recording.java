package dev.sallyport.relay.record;

import dev.sallyport.model.config.Telemetry.AccessLog;
import java.io.OutputStream;

/**
 * Records what all event loops of a relay tell: counts it, and writes it as lines or shows it to a sink. Whoever reads
 * the lines may be slow; then lines are dropped and counted, and no loop waits.
 */
public final class Recording implements AutoCloseable {
    private final Metrics metrics;
    private final Journal journal;
    private volatile boolean on = true;

    private Recording(Metrics metrics, Journal journal) {
        this.metrics = metrics;
        this.journal = journal;
    }

    /** Writes a line of JSON for each decision; its fields are documented in {@code docs/reference/access-log.md}. */
    public static Recording toStream(Metrics metrics, OutputStream out) {
        return new Recording(metrics, new LineJournal(out, metrics));
    }

    /** Shows each decision to {@code sink}. */
    public static Recording toSink(Metrics metrics, DecisionSink sink) {
        return new Recording(metrics, new SinkJournal(sink, metrics));
    }

    /** The recorder of one more event loop. */
    public Recorder forLoop() {
        LoopMetrics counts = metrics.forLoop();
        Journal.Page page = journal.forLoop();
        return new Recorder() {
            @Override
            public void record(Decision decision) {
                counts.count(decision);
                if (on) {
                    page.write(decision);
                }
            }

            @Override
            public LoopMetrics metrics() {
                return counts;
            }
        };
    }

    /** What is counted. */
    public Metrics metrics() {
        return metrics;
    }

    /** Turns the lines on or off. A sink is shown everything as long as this is not {@code NONE}. */
    public void accessLog(AccessLog form) {
        on = switch (form) {
            case JSON -> true;
            case NONE -> false;
        };
    }

    /** Writes what was recorded until now, and ends. */
    @Override
    public void close() {
        journal.close();
    }
}
