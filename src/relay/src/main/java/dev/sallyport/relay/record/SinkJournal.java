package dev.sallyport.relay.record;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Shows decisions to a sink, on a thread of its own. */
final class SinkJournal implements Journal {
    private static final int ROOM = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The empty one is the last. */
    private final BlockingQueue<Optional<RecordedDecision>> waiting = new ArrayBlockingQueue<>(ROOM);

    private final Metrics metrics;
    private final Thread thread;

    SinkJournal(DecisionSink sink, Metrics metrics) {
        this.metrics = metrics;
        this.thread = Thread.ofVirtual().name("decisions").start(() -> show(sink));
    }

    @Override
    public Page forLoop() {
        return decision -> {
            if (!waiting.offer(Optional.of(RecordedDecision.of(decision)))) {
                metrics.dropped(1);
            }
        };
    }

    @Override
    public void close() {
        try {
            waiting.put(Optional.empty());
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(DecisionSink sink) {
        try {
            for (var next = waiting.take(); next.isPresent(); next = waiting.take()) {
                sink.decided(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
