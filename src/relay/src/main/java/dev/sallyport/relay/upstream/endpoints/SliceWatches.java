package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.relay.record.Events;
import dev.sallyport.relay.record.Metrics;
import java.util.Collection;
import java.util.function.Consumer;

/** Watches the EndpointSlices of Services at one API server. Thread-safe. */
public final class SliceWatches implements AutoCloseable {
    private final ApiClient client;
    private final Pace pace;
    private final Metrics metrics;
    private final Events events;

    public SliceWatches(ApiServer server, Pace pace, Metrics metrics, Events events) {
        this.client = new ApiClient(server, pace);
        this.pace = pace;
        this.metrics = metrics;
        this.events = events;
    }

    /** Tells all slices of {@code service} once they were listed, and again when one changes, on a virtual thread. */
    EndpointSource.Watch watch(ServiceName service, Consumer<Collection<Slice>> consumer) {
        SliceWatch watch = new SliceWatch(service, client, pace, metrics, events, consumer);
        Thread thread = Thread.ofVirtual().name("watch-" + service).start(watch);
        return thread::interrupt;
    }

    /** Closes all connections. */
    @Override
    public void close() {
        client.close();
    }
}
