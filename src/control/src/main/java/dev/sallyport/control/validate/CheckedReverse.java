package dev.sallyport.control.validate;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.ProxyProtocolSource;
import dev.sallyport.model.config.ReverseRule.Retry;
import dev.sallyport.model.config.RouteMatch;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy whose every value can be used, defaults filled in.
 *
 * @param hostnames in A-label form; empty: all
 * @param trustedClients networks, as CIDR prefixes
 * @param trustsTraces whether the traces of clients go on
 * @param proxyProtocol what begins each connection; null: nothing
 * @param findings about what belongs to no rule
 */
public record CheckedReverse(
        Running running,
        List<CheckedListener> listeners,
        List<String> hostnames,
        List<String> trustedClients,
        boolean trustsTraces,
        @Nullable ProxyProtocolSource proxyProtocol,
        ClientLimits limits,
        Duration connectTimeout,
        List<Rule> rules,
        CheckedBackends backends,
        List<Finding> findings) {

    /**
     * A rule; {@code spec.backendRefs} is one.
     *
     * @param name as records and status give it
     * @param listener the only one it is for, or empty for all that serve requests
     * @param matches what requests it is for; none for connections that are passed through
     * @param serverNames what connections of TLS it is for; none: those that no other rule is for
     * @param placed whether it can stand among the others; false for one that nothing can be meant by
     * @param findings about this rule
     */
    public record Rule(
            String name,
            String listener,
            List<RouteMatch> matches,
            List<String> serverNames,
            boolean placed,
            Times times,
            Retry retry,
            List<Finding> findings) {}

    /**
     * How long the requests and streams of a rule may take; 0: no limit.
     *
     * @param request from the head of a request to the end of its response
     * @param stream the same for gRPC and server-sent events
     * @param backend from the start of one try to the head of its response
     * @param idle without a byte in either direction
     * @param lifetime of upgraded connections
     */
    public record Times(Duration request, Duration stream, Duration backend, Duration idle, Duration lifetime) {}
}
