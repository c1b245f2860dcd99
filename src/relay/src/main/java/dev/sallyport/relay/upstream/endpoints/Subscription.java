package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of one port of a Service. It is told on a virtual thread of its own while there is something to tell, and
 * only the latest when it is slow.
 */
final class Subscription {
    private final EndpointSet.Slices wanted;
    private final Consumer<List<Endpoint>> consumer;
    /** Touched by whoever tells, one at a time. */
    private List<Endpoint> told;

    private @Nullable Collection<Slice> latest;
    private boolean telling;
    private boolean closed;

    Subscription(EndpointSet.Slices wanted, Consumer<List<Endpoint>> consumer) {
        this.wanted = wanted;
        this.consumer = consumer;
        this.told = wanted.fallbacks();
        this.telling = true;
    }

    /** Tells what is known at the beginning, on the calling thread. */
    void begin() {
        List<Endpoint> first;
        synchronized (this) {
            first = latest == null ? told : Merge.endpoints(latest, wanted);
            told = first;
            latest = null;
        }
        consumer.accept(first);
        synchronized (this) {
            telling = false;
            tellLatest();
        }
    }

    /** The Service has these slices now. */
    synchronized void update(Collection<Slice> slices) {
        latest = slices;
        tellLatest();
    }

    synchronized void close() {
        closed = true;
    }

    private synchronized void tellLatest() {
        if (!telling && latest != null) {
            telling = true;
            Thread.ofVirtual().name("endpoints").start(this::tell);
        }
    }

    private void tell() {
        for (Collection<Slice> slices = next(); slices != null; slices = next()) {
            List<Endpoint> now = Merge.endpoints(slices, wanted);
            if (!now.equals(told)) {
                told = now;
                consumer.accept(now);
            }
        }
    }

    private synchronized @Nullable Collection<Slice> next() {
        Collection<Slice> next = closed ? null : latest;
        latest = null;
        telling = next != null;
        return next;
    }
}
