package dev.sallyport.relay.upstream.health;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.util.concurrent.atomic.AtomicInteger;

/** The health of one endpoint. Any loop may tell and ask. */
public final class EndpointHealth {
    /** {@link #since()} of what has been there all along. */
    public static final long OF_OLD = Long.MIN_VALUE;

    final Endpoint endpoint;

    /** Errors in a row. */
    final AtomicInteger errors = new AtomicInteger();

    // The rest is changed by the cluster alone, under its lock.
    boolean gone;
    boolean ejected;
    int ejections;
    long ejectionEnds;
    boolean failing;
    int streak;
    private final ClusterHealth cluster;
    private volatile boolean usable = true;
    private volatile long since;

    EndpointHealth(ClusterHealth cluster, Endpoint endpoint, long since) {
        this.cluster = cluster;
        this.endpoint = endpoint;
        this.since = since;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Whether it may be picked while others can. */
    public boolean usable() {
        return usable;
    }

    /** When it came or last became usable again, a time of the clock that errors are told by, or {@link #OF_OLD}. */
    public long since() {
        return since;
    }

    /** It served a request. */
    public void succeeded() {
        if (errors.getPlain() != 0) {
            errors.set(0);
        }
    }

    /** It refused, broke or did not answer a request, or failed at it. */
    public void failed(long now) {
        cluster.failed(this, now);
    }

    void settle(long now) {
        boolean was = usable;
        boolean is = !ejected && !failing;
        if (is && !was) {
            since = now;
        }
        usable = is;
    }

    @Override
    public String toString() {
        String literal = endpoint.address();
        return (literal.indexOf(':') < 0 ? literal : "[" + literal + "]") + ":" + endpoint.port();
    }
}
