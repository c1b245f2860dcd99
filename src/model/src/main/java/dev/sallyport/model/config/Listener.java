package dev.sallyport.model.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

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
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Listener(
        String name,
        String address,
        int port,
        int publicPort,
        RoleKind role,
        String policy,
        List<Protocol> protocols,
        ClientLimits limits) {

    public Listener {
        protocols = Lists.copy(protocols);
    }

    /** What a client may speak on a listener. */
    public enum Protocol {
        /** HTTP/1.1 and 1.0 requests. */
        HTTP,
        /** HTTP CONNECT tunnels (RFC 9110, section 9.3.6), on listeners of the forward role. */
        CONNECT
    }
}
