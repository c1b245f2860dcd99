package dev.sallyport.control.validate;

import dev.sallyport.model.config.Listener.Protocol;
import java.util.List;

/**
 * A port that a proxy opens.
 *
 * @param name unique in its object
 * @param port what clients know
 * @param boundPort what the relay binds
 * @param protocols what clients may speak
 */
public record CheckedListener(String name, int port, int boundPort, List<Protocol> protocols) {
    public CheckedListener {
        protocols = List.copyOf(protocols);
    }

    /** Whether it passes connections through and sees no requests. */
    public boolean passes() {
        return protocols.contains(Protocol.TCP) || protocols.contains(Protocol.TLS);
    }
}
