package dev.sallyport.control.validate;

import dev.sallyport.model.config.Listener.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port that a proxy opens.
 *
 * @param name unique in its object
 * @param port what clients know
 * @param boundPort what the relay binds
 * @param protocols what clients may speak
 * @param tls how TLS is ended on it; null: it is not
 * @param redirectPort where its requests are to be made instead, over TLS; 0: they are served
 */
public record CheckedListener(
        String name,
        int port,
        int boundPort,
        List<Protocol> protocols,
        @Nullable CheckedTls tls,
        int redirectPort) {
    public CheckedListener {
        protocols = List.copyOf(protocols);
    }

    CheckedListener(String name, int port, int boundPort, List<Protocol> protocols) {
        this(name, port, boundPort, protocols, null, 0);
    }

    CheckedListener with(@Nullable CheckedTls other) {
        return new CheckedListener(name, port, boundPort, protocols, other, redirectPort);
    }

    CheckedListener redirectingTo(int other) {
        return new CheckedListener(name, port, boundPort, protocols, tls, other);
    }

    /** Whether it passes connections through and sees no requests. */
    public boolean passes() {
        return protocols.contains(Protocol.TCP) || protocols.contains(Protocol.TLS);
    }
}
