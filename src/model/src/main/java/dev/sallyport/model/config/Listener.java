package dev.sallyport.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address on which the relay accepts connections of one role.
 *
 * @param name unique in its configuration
 * @param address the address to bind, as a literal
 * @param port the port to bind; 0 lets the system choose one
 * @param publicPort the port that clients know, which the Service maps to {@code port}
 * @param role what its connections are served as
 * @param policy the name of the {@link ForwardPolicy} or {@link ReversePolicy} that judges them
 * @param protocols what a client may speak
 * @param limits what a client may take of the relay
 * @param tls how TLS is ended; null: it is not
 * @param proxyProtocol the header that must begin each connection; null: none may
 * @param redirectPort the public port of the HTTPS listener to which every request is redirected (308), of the reverse role
 *     without TLS; 0: requests are served
 */
public record Listener(
        String name,
        String address,
        int port,
        int publicPort,
        RoleKind role,
        String policy,
        List<Protocol> protocols,
        ClientLimits limits,
        @Nullable ListenerTls tls,
        @Nullable ProxyProtocolSource proxyProtocol,
        int redirectPort) {

    public Listener {
        protocols = Lists.copy(protocols);
    }

    /** A listener that serves requests. */
    public Listener(
            String name,
            String address,
            int port,
            int publicPort,
            RoleKind role,
            String policy,
            List<Protocol> protocols,
            ClientLimits limits,
            @Nullable ListenerTls tls,
            @Nullable ProxyProtocolSource proxyProtocol) {
        this(name, address, port, publicPort, role, policy, protocols, limits, tls, proxyProtocol, 0);
    }

    /** A listener without TLS and without PROXY protocol. */
    public Listener(
            String name,
            String address,
            int port,
            int publicPort,
            RoleKind role,
            String policy,
            List<Protocol> protocols,
            ClientLimits limits) {
        this(name, address, port, publicPort, role, policy, protocols, limits, null, null);
    }

    /** What a client may speak on a listener. */
    public enum Protocol {
        /** HTTP requests of version 1.0, 1.1 or 2: with TLS as it was negotiated, else as the first bytes show. */
        HTTP,
        /** HTTP CONNECT tunnels (RFC 9110, section 9.3.6), on listeners of the forward role. */
        CONNECT,
        /** TLS that the relay does not end: the server name of the first message chooses. Of the reverse role, alone. */
        TLS,
        /** Any bytes. Of the reverse role, alone. */
        TCP,
        /**
         * Whatever clients say to a destination that they were redirected from: HTTP requests without TLS are served as to
         * a proxy, TLS and all else are passed through. Of the forward role, alone. A connection that was not redirected is
         * refused.
         */
        TRANSPARENT
    }
}
