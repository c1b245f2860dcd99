package dev.sallyport.relay.record;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes decisions as lines of JSON. Each event loop formats into a queue of its own; one thread writes them out, and
 * sleeps while there are none.
 */
final class LineJournal implements Journal {
    private static final int FIRST_RING = 1 << 16;
    private static final int LARGEST_RING = 1 << 20;
    /** Lines are gathered for as long before they are written together. */
    private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(5);

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final OutputStream out;
    private final Metrics metrics;
    private final List<LineQueue> queues = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closed;

    LineJournal(OutputStream out, Metrics metrics) {
        this.out = out;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("access-log").daemon().start(this::write);
    }

    @Override
    public Page forLoop() {
        LineQueue queue = new LineQueue(FIRST_RING, LARGEST_RING);
        JsonLine line = new JsonLine();
        queues.add(queue);
        return decision -> {
            line.format(decision);
            if (!queue.offer(line.bytes(), line.length())) {
                metrics.dropped(1);
            } else if (asleep) {
                asleep = false;
                LockSupport.unpark(thread);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        while (true) {
            boolean last = closed;
            try {
                for (LineQueue queue : queues) {
                    queue.drainTo(out);
                }
                out.flush();
            } catch (IOException e) {
                // Nobody reads any more. There is nowhere to say so; what comes is dropped as if the reader were slow.
                return;
            }
            if (last) {
                return;
            }
            rest();
        }
    }

    private void rest() {
        if (queues.stream().allMatch(LineQueue::isEmpty)) {
            asleep = true;
            while (asleep && !closed && queues.stream().allMatch(LineQueue::isEmpty)) {
                LockSupport.park(this);
            }
            asleep = false;
        }
        if (!closed) {
            LockSupport.parkNanos(this, GATHER);
        }
    }
}
