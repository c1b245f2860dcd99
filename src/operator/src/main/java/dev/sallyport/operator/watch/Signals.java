package dev.sallyport.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Brings a proxy back to its reconciler for reasons that are not in the API server, and tells when one is gone.
 *
 * @param <P> the kind of proxy
 */
public final class Signals<P extends HasMetadata> extends AbstractEventSource<Void, P>
        implements ResourceEventAware<P> {
    private final Consumer<P> gone;

    /** @param gone called once a proxy has been deleted */
    public Signals(Consumer<P> gone) {
        super(Void.class, "signals");
        this.gone = gone;
    }

    /** Has {@code proxy} reconciled again, soon. */
    public void signal(ResourceID proxy) {
        if (isRunning()) {
            getEventHandler().handleEvent(new Event(proxy));
        }
    }

    @Override
    public void onResourceDeleted(P proxy) {
        gone.accept(proxy);
    }

    @Override
    public Set<Void> getSecondaryResources(P proxy) {
        return Set.of();
    }
}
