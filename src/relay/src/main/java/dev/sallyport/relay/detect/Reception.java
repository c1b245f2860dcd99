package dev.sallyport.relay.detect;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.server.ClientConnection;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.http.server.Http2Connection;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.role.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.time.Duration;

/**
 * A client's connection from its acceptance until it is known who serves it. That one gets what was read, and the
 * {@link Arrival} that says who came.
 */
public final class Reception extends ChannelInboundHandlerAdapter implements Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Reception.class);

    private final Door door;
    private final SocketChannel channel;
    private final Inbound inbound;
    private final Deadline deadline;
    private Arrival arrival;
    private boolean over;

    private Reception(Door door, SocketChannel channel) {
        this.door = door;
        this.channel = channel;
        this.inbound = new Inbound(channel.alloc());
        this.deadline = door.worker().loop().deadline(now -> passed());
        this.arrival = Arrival.of(channel, door.serving().listener().name());
    }

    /** Receives a channel that was just accepted, on its loop. */
    public static void receive(Door door, SocketChannel channel) {
        Reception reception = new Reception(door, channel);
        channel.pipeline().addLast(reception);
        door.opened(reception);
        if (door.admits(channel, reception.arrival.peer().address())) {
            reception.deadline.set(after(reception.limits().idleTimeout()));
            channel.read();
        }
    }

    /** The first bytes of a connection without TLS. */
    private void listen() {
        switch (Speech.of(inbound.bytes())) {
            case UNDECIDED -> deadline.set(after(limits().headerTimeout()));
            case HTTP1 -> http1();
            case HTTP2 -> http2();
        }
    }

    private void http1() {
        ClientConnection.takeOver(door, leave(), channel, arrival);
        channel.pipeline().fireChannelRead(inbound.take());
    }

    private void http2() {
        Http2Connection.takeOver(door, leave(), channel, arrival);
        channel.pipeline().fireChannelRead(inbound.take());
    }

    private Guest leave() {
        over = true;
        deadline.remove();
        channel.pipeline().remove(this);
        return this;
    }

    private void refuse(ClientFault why) {
        over = true;
        door.fault(why);
        channel.close();
    }

    private void passed() {
        if (inbound.isEmpty()) {
            channel.close();
        } else {
            refuse(ClientFault.HEAD_TIMEOUT);
        }
    }

    /** What has not said anything is told by HTTP/1, which is what most clients speak, that there is nothing to come. */
    @Override
    public void drain() {
        if (inbound.isEmpty()) {
            ClientConnection.takeOver(door, leave(), channel, arrival).drain();
        }
    }

    @Override
    public void end(End why) {
        channel.close();
    }

    private ClientLimits limits() {
        return door.serving().listener().limits();
    }

    private static long after(Duration limit) {
        return limit.isZero() ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
    }

    /**
     * Takes over a channel whose PROXY header was read, on its loop. What was read behind it is to be fired down the
     * pipeline.
     */
    static void takeOver(Door door, Guest before, SocketChannel channel, Arrival arrival) {
        Reception reception = new Reception(door, channel);
        reception.arrival = arrival;
        channel.pipeline().addLast(reception);
        door.handedOver(before, reception);
        reception.deadline.set(after(reception.limits().headerTimeout()));
    }

    // ---- what the channel says

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        if (over) {
            read.release();
        } else {
            inbound.add(read);
            listen();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!over) {
            channel.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !over) {
            if (inbound.isEmpty()) {
                channel.close();
            } else {
                http1();
                channel.pipeline().fireUserEventTriggered(event);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("the reception of a client failed inside", cause);
        }
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over = true;
        inbound.clear();
        deadline.remove();
        door.closed(this);
    }
}
