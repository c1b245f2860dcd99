package dev.sallyport.relay.loop;

import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Tells where connections were going that the kernel redirected here. */
@FunctionalInterface
public interface Redirects {
    /**
     * What the client of a connection that was accepted has connected to; null when that cannot be known. Of one that was
     * not redirected it may be this end of it.
     */
    @Nullable
    InetSocketAddress original(SocketChannel accepted);
}
