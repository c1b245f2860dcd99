package dev.sallyport.relay.detect;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.role.Ask;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.passage.Passage;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.role.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Where a connection goes first, as its listener says: before anything was read, and after its PROXY header. */
public final class Entrance {
    private Entrance() {}

    /** Receives a channel that was just accepted, on its loop. */
    public static void receive(Door door, SocketChannel channel) {
        Listener listener = door.serving().listener();
        Arrival arrival = Arrival.of(channel, listener.name());
        if (listener.proxyProtocol() != null) {
            HeaderReception.receive(door, channel, arrival);
        } else if (serves(listener)) {
            Reception.receive(door, channel);
        } else {
            Guest accepted = new Accepted(channel);
            door.opened(accepted);
            if (goOn(door, accepted, channel, arrival, Unpooled.EMPTY_BUFFER)) {
                channel.read();
            }
        }
    }

    /** Whether what comes is requests, whatever else the listener says: all other protocols stand alone. */
    private static boolean serves(Listener listener) {
        return switch (listener.protocols().getFirst()) {
            case HTTP, CONNECT -> true;
            case TLS, TCP, TRANSPARENT -> false;
        };
    }

    /**
     * Goes on when it is known who came.
     *
     * @param early what was read already; taken over
     * @return whether there is more to be read first
     */
    static boolean goOn(Door door, Guest before, SocketChannel channel, Arrival arrival, ByteBuf early) {
        if (!door.admits(channel, arrival.peer().address())) {
            early.release();
            return false;
        }
        switch (door.serving().listener().protocols().getFirst()) {
            case TCP -> {
                Passage.takeOver(door, before, channel, arrival, new Ask.Stream(), early);
                return false;
            }
            case TRANSPARENT -> {
                Ask.OriginalDestination original = original(door, channel);
                if (original == null) {
                    door.fault(ClientFault.NOT_REDIRECTED);
                    Passage.takeOver(door, before, channel, arrival, new Ask.Stream(), early);
                    return false;
                }
                RedirectedReception.takeOver(door, before, channel, arrival.redirected(original), original);
            }
            case TLS -> PassageReception.takeOver(door, before, channel, arrival);
            case HTTP, CONNECT -> Reception.takeOver(door, before, channel, arrival);
        }
        if (early.isReadable()) {
            channel.pipeline().fireChannelRead(early);
        } else {
            early.release();
        }
        return true;
    }

    /** Null when it was made to the listener itself, which would be called by itself for ever. */
    private static Ask.@Nullable OriginalDestination original(Door door, SocketChannel channel) {
        InetSocketAddress original = door.worker().redirects().original(channel);
        return original == null || original.equals(channel.localAddress())
                ? null
                : new Ask.OriginalDestination(IpAddress.of(original.getAddress()), original.getPort(), null);
    }

    /** A connection of which nothing is known yet. */
    private record Accepted(SocketChannel channel) implements Guest {
        @Override
        public void drain() {
            channel.close();
        }

        @Override
        public void end(End why) {
            channel.close();
        }
    }
}
