package dev.sallyport.relay.detect;

import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.role.Ask;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.passage.Passage;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.role.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannel;

/** Where a connection goes first, as its listener says: before anything was read, and after its PROXY header. */
public final class Entrance {
    private Entrance() {}

    /** Receives a channel that was just accepted, on its loop. */
    public static void receive(Door door, SocketChannel channel) {
        Listener listener = door.serving().listener();
        Arrival arrival = Arrival.of(channel, listener.name());
        if (listener.proxyProtocol() != null) {
            HeaderReception.receive(door, channel, arrival);
        } else if (passes(listener)) {
            Guest accepted = new Accepted(channel);
            door.opened(accepted);
            if (goOn(door, accepted, channel, arrival, Unpooled.EMPTY_BUFFER)) {
                channel.read();
            }
        } else {
            Reception.receive(door, channel);
        }
    }

    private static boolean passes(Listener listener) {
        return listener.protocols().contains(Protocol.TCP)
                || listener.protocols().contains(Protocol.TLS);
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
        Listener listener = door.serving().listener();
        if (listener.protocols().contains(Protocol.TCP)) {
            Passage.takeOver(door, before, channel, arrival, new Ask.Stream(), early);
            return false;
        }
        if (listener.protocols().contains(Protocol.TLS)) {
            PassageReception.takeOver(door, before, channel, arrival);
        } else {
            Reception.takeOver(door, before, channel, arrival);
        }
        if (early.isReadable()) {
            channel.pipeline().fireChannelRead(early);
        } else {
            early.release();
        }
        return true;
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
