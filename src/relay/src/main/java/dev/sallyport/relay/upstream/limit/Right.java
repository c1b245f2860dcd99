package dev.sallyport.relay.upstream.limit;

import dev.sallyport.model.config.CircuitBreaker;

/** What a request needs of its cluster's limits. */
public enum Right {
    /** To run. */
    RUN,
    /** To open a connection. */
    CONNECTION;

    /** The most of it that there are at a time; 0: no limit. */
    int most(CircuitBreaker limits) {
        return switch (this) {
            case RUN -> limits.parallelRequests();
            case CONNECTION -> limits.connections();
        };
    }
}
