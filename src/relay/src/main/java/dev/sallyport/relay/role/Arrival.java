package dev.sallyport.relay.role;

import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Peer;
import dev.sallyport.relay.tls.SecureSession;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection as it came: who asks, and what was agreed on before the first request.
 *
 * @param peer the client: where the socket's other end is, or who a PROXY header says that it is
 * @param reached what the client connected to: this end of the socket, or what a PROXY header says
 * @param session of TLS; null on a connection without it
 * @param original where it was going when it was redirected here; null: it was made to the relay
 */
public record Arrival(
        Peer peer,
        InetSocketAddress reached,
        @Nullable SecureSession session,
        Ask.@Nullable OriginalDestination original) {
    /**
     * A connection without TLS, as the socket tells.
     *
     * @param listener the name of the listener that accepted it
     */
    public static Arrival of(SocketChannel channel, String listener) {
        return from(channel.remoteAddress(), channel.localAddress(), listener);
    }

    /** The same, as somebody else tells. */
    public static Arrival from(InetSocketAddress client, InetSocketAddress reached, String listener) {
        try {
            // An IPv4-mapped address comes out as IPv4.
            InetAddress address = InetAddress.getByAddress(client.getAddress().getAddress());
            return new Arrival(new Peer(address, client.getPort(), listener), reached, null, null);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the client is. */
    public InetSocketAddress client() {
        return new InetSocketAddress(peer.address(), peer.port());
    }

    /** The same with TLS. */
    public Arrival secured(SecureSession agreed) {
        return new Arrival(peer, reached, agreed, original);
    }

    /** The same, redirected on its way. */
    public Arrival redirected(Ask.OriginalDestination from) {
        return new Arrival(peer, reached, session, from);
    }

    public boolean secure() {
        return session != null;
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return session == null ? "http" : "https";
    }
}
