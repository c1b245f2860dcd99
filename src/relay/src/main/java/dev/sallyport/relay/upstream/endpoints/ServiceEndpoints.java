package dev.sallyport.relay.upstream.endpoints;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One watched Service and those who want to know of it. */
final class ServiceEndpoints implements AutoCloseable {
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final EndpointSource.Watch watch;
    private @Nullable Collection<Slice> known;

    ServiceEndpoints(ServiceName name, SliceWatches watches) {
        this.watch = watches.watch(name, this::update);
    }

    synchronized void add(Subscription subscription) {
        subscriptions.add(subscription);
        if (known != null) {
            subscription.update(known);
        }
    }

    /** Whether it was the last one; then the watch has ended. */
    synchronized boolean remove(Subscription subscription) {
        subscriptions.remove(subscription);
        if (subscriptions.isEmpty()) {
            close();
            return true;
        }
        return false;
    }

    private synchronized void update(Collection<Slice> slices) {
        known = slices;
        subscriptions.forEach(subscription -> subscription.update(slices));
    }

    @Override
    public void close() {
        watch.close();
    }
}
