package dev.sallyport.model.config;

import java.time.Duration;
import java.util.List;

/**
 * One rule of a {@link ReversePolicy}. It applies when any of its matches does.
 *
 * @param name unique in its policy; {@code rules[3]} where the object gives none
 * @param listener the only listener it applies to, or empty for all
 * @param matches what it applies to; empty: every path
 * @param serverNames on listeners of {@link Listener.Protocol#TLS} the names that it applies to, as
 *     {@code shop.example.com} or {@code *.shop.example.com}; empty: those that no other rule names, or no name at all
 * @param backends where it sends requests, by weight; none, or all of weight 0: 500 (Gateway API)
 * @param requestTimeout from the head of a request to the end of its response; 0: no limit; passed: 504
 * @param streamTimeout the same for requests of gRPC and responses of server-sent events
 * @param backendTimeout from the start of one try to the head of its response; 0: no limit; passed: 504 or another try
 * @param idleTimeout without a byte in either direction, of an exchange or a stream of bytes; 0: no limit
 * @param lifetime of a stream of bytes, however busy; 0: no limit
 * @param retry when another endpoint is tried
 */
public record ReverseRule(
        String name,
        String listener,
        List<RouteMatch> matches,
        List<String> serverNames,
        List<Backend> backends,
        Duration requestTimeout,
        Duration streamTimeout,
        Duration backendTimeout,
        Duration idleTimeout,
        Duration lifetime,
        Retry retry) {

    public ReverseRule {
        listener = listener == null ? "" : listener;
        matches = Lists.copy(matches);
        serverNames = Lists.copy(serverNames);
        backends = Lists.copy(backends);
    }

    /** One that treats streams as all requests, and lets them be idle and last. */
    public ReverseRule(
            String name,
            String listener,
            List<RouteMatch> matches,
            List<Backend> backends,
            Duration requestTimeout,
            Duration backendTimeout,
            Retry retry) {
        this(
                name,
                listener,
                matches,
                List.of(),
                backends,
                requestTimeout,
                requestTimeout,
                backendTimeout,
                Duration.ZERO,
                Duration.ZERO,
                retry);
    }

    /** The same that sends requests elsewhere. */
    public ReverseRule withBackends(List<Backend> others) {
        return new ReverseRule(
                name,
                listener,
                matches,
                serverNames,
                others,
                requestTimeout,
                streamTimeout,
                backendTimeout,
                idleTimeout,
                lifetime,
                retry);
    }

    /**
     * A weighted destination.
     *
     * @param cluster the id of a {@link Cluster}, or empty for one that could not be resolved: its share of the requests is answered 500
     * @param weight its share, out of the sum of all
     * @param unresolved why it could not be resolved, or empty
     */
    public record Backend(String cluster, int weight, String unresolved) {
        public Backend {
            cluster = cluster == null ? "" : cluster;
            unresolved = unresolved == null ? "" : unresolved;
        }
    }

    /**
     * When a failed try is repeated on another endpoint.
     *
     * @param attempts how many tries follow the first at most; 0: none
     */
    public record Retry(int attempts) {}
}
