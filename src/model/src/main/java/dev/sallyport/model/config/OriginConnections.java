package dev.sallyport.model.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the connections to the endpoints of a cluster are kept and opened.
 *
 * @param keepalive how long an idle one is kept; 0: not at all
 * @param maxRequests after how many requests one is closed; 0: no limit
 * @param reuse which requests may go on one that was used before
 * @param proxyProtocol the version of the PROXY protocol header that begins each, telling the client's address; then each
 *     serves one request or tunnel alone, whatever {@code reuse} says. null: none
 */
public record OriginConnections(
        Duration keepalive,
        int maxRequests,
        Reuse reuse,
        @Nullable ProxyProtocolVersion proxyProtocol) {

    /** What holds where nothing is said. */
    public static final OriginConnections DEFAULT = new OriginConnections(Duration.ofSeconds(50), 0, Reuse.SAFE, null);

    /** Which requests may go on a connection that was used before, and so may find it closed that very moment. */
    public enum Reuse {
        /** None: each gets a new one. */
        NEVER,
        /** Those that can be repeated, and all but the first of a client's connection, which knows that this can happen. */
        SAFE,
        ALWAYS
    }

    /** A version of the PROXY protocol. */
    public enum ProxyProtocolVersion {
        /** Text. */
        V1,
        /** Binary. */
        V2
    }
}
