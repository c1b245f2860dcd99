package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.request.RequestView;
import org.jspecify.annotations.Nullable;

/** What a client's first bytes ask for, parsed and validated. An ask is a view that lives as long as the call that it is passed to. */
public sealed interface Ask {
    /** An HTTP request other than CONNECT. */
    non-sealed interface Http extends Ask {
        RequestView request();

        /** Whether the target was in absolute form, as a client sends it to a proxy that it knows of (RFC 9112, section 3.2.2). */
        boolean absoluteForm();

        /** {@code http} or {@code https}: of the target in absolute form, else of the connection. */
        String scheme();

        /** Where the connection was going when it was redirected to the relay; null: it was made to the relay. */
        default @Nullable OriginalDestination original() {
            return null;
        }
    }

    /** A CONNECT request: a tunnel to {@link RequestView#host()} and {@link RequestView#port()}, both of which are present. */
    non-sealed interface Connect extends Ask {
        RequestView request();
    }

    /** A connection that is passed through unread: where it goes depends on its listener alone, before its first byte. */
    record Stream() implements Ask {}

    /**
     * A connection of TLS that is passed through undecrypted.
     *
     * @param name that the client asks for (SNI), in lower case; empty: none
     */
    record ServerName(Ascii name) implements Ask {}

    /**
     * A connection that was redirected to the relay on its way, as its client knows of no proxy, and that is passed through
     * unread.
     *
     * @param address that the client connected to
     * @param port that it connected to
     * @param tls what it asks for, when it speaks TLS; null: it says something else, or nothing
     */
    record OriginalDestination(
            IpAddress address, int port, @Nullable ServerName tls) implements Ask {
        /** {@code 192.0.2.7:443} or {@code [2001:db8::7]:443}. */
        @Override
        public String toString() {
            return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
        }
    }
}
