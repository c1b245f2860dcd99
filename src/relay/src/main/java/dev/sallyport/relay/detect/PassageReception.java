package dev.sallyport.relay.detect;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Ask;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.passage.Passage;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.tls.Alert;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.time.Duration;

/** A client's connection that is to be passed through by the name it asks for, until that is known. */
final class PassageReception extends ChannelInboundHandlerAdapter implements Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(PassageReception.class);

    private final Door door;
    private final SocketChannel channel;
    private final Arrival arrival;
    private final Inbound inbound;
    private final Deadline deadline;
    private boolean over;

    private PassageReception(Door door, SocketChannel channel, Arrival arrival) {
        this.door = door;
        this.channel = channel;
        this.arrival = arrival;
        this.inbound = new Inbound(channel.alloc());
        this.deadline = door.worker().loop().deadline(now -> refuse(ClientFault.HELLO_TIMEOUT));
    }

    /** Takes over a channel, on its loop. What was read already is to be fired down the pipeline. */
    static void takeOver(Door door, Guest before, SocketChannel channel, Arrival arrival) {
        PassageReception reception = new PassageReception(door, channel, arrival);
        channel.pipeline().addLast(reception);
        door.handedOver(before, reception);
        Duration limit = door.serving().listener().limits().headerTimeout();
        if (!limit.isZero()) {
            reception.deadline.set(System.nanoTime() + limit.toNanos());
        }
    }

    private void listen() {
        ClientHello hello = new ClientHello();
        switch (hello.read(inbound.bytes())) {
            case NEED_MORE -> {}
            case COMPLETE -> pass(hello.serverName());
            case NOT_TLS -> refuse(ClientFault.HELLO_MALFORMED, Alert.UNEXPECTED_MESSAGE);
            case MALFORMED, TOO_LARGE -> refuse(ClientFault.HELLO_MALFORMED, Alert.DECODE_ERROR);
        }
    }

    private void pass(String serverName) {
        leave();
        channel.pipeline().remove(this);
        Ask ask = new Ask.ServerName(Ascii.of(serverName));
        Passage.takeOver(door, this, channel, arrival, ask, inbound.take());
    }

    private void leave() {
        over = true;
        deadline.remove();
    }

    private void refuse(ClientFault why, Alert alert) {
        leave();
        door.fault(why);
        channel.writeAndFlush(alert.record()).addListener(ChannelFutureListener.CLOSE);
    }

    private void refuse(ClientFault why) {
        leave();
        door.fault(why);
        channel.close();
    }

    /** Whoever has not said anything is sent away. */
    @Override
    public void drain() {
        if (inbound.isEmpty()) {
            channel.close();
        }
    }

    @Override
    public void end(End why) {
        channel.close();
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
                refuse(ClientFault.HELLO_MALFORMED);
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
        leave();
        inbound.clear();
        door.closed(this);
    }
}
