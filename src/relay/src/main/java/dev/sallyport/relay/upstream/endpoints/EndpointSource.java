package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.util.List;
import java.util.function.Consumer;

/** Knows the endpoints of clusters. Thread-safe. */
public interface EndpointSource extends AutoCloseable {
    /**
     * Tells the endpoints of {@code cluster} now and whenever they change, until the result is closed.
     *
     * <p>What is known of a Service is forgotten with its last watch: begin a new one before the old one is closed.
     *
     * @param consumer is called for the first time before this method returns, later from other threads, one call at a
     *     time; when it is slow it is told only the latest. The list is in a stable order, without duplicates, and may be
     *     empty; every address is a literal
     */
    Watch watch(Cluster cluster, Consumer<List<Endpoint>> consumer);

    /** Ends all watches. */
    @Override
    void close();

    /** A consumer's interest in the endpoints of one cluster. */
    interface Watch extends AutoCloseable {
        /** Ends it. A call that runs at this moment may still finish. */
        @Override
        void close();
    }
}
