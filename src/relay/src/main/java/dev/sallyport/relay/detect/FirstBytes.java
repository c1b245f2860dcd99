package dev.sallyport.relay.detect;

import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision.End;
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

/** A connection whose first bytes say where it goes, until they are there; they have as long as a head has. */
abstract class FirstBytes extends ChannelInboundHandlerAdapter implements Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(FirstBytes.class);

    final Door door;
    final SocketChannel channel;
    final Inbound inbound;
    private final String whose;
    private final ClientFault late;
    private final ClientFault cut;
    private final Deadline deadline;
    private boolean over;

    /**
     * @param whose whose connection it is, for the log
     * @param late what it is counted as when the bytes do not come in time
     * @param cut what it is counted as when they end too early
     */
    FirstBytes(Door door, SocketChannel channel, String whose, ClientFault late, ClientFault cut) {
        this.door = door;
        this.channel = channel;
        this.whose = whose;
        this.late = late;
        this.cut = cut;
        this.inbound = new Inbound(channel.alloc());
        this.deadline = door.worker().loop().deadline(now -> passed());
    }

    /** More bytes have come. */
    abstract void listen();

    /** What was set by {@link #limitTime} has passed. */
    void passed() {
        refuse(late);
    }

    /** The client has nothing more to say. */
    void ended() {
        if (inbound.isEmpty()) {
            // As who only looks whether somebody listens.
            channel.close();
        } else {
            refuse(cut);
        }
    }

    final void limitTime() {
        Duration limit = door.serving().listener().limits().headerTimeout();
        if (limit.isZero()) {
            deadline.clear();
        } else {
            limitTime(limit.toNanos());
        }
    }

    final void limitTime(long nanos) {
        deadline.set(System.nanoTime() + nanos);
    }

    final void leave() {
        over = true;
        deadline.remove();
    }

    final void refuse(ClientFault why) {
        leave();
        door.fault(why);
        channel.close();
    }

    final void refuse(ClientFault why, Alert alert) {
        leave();
        door.fault(why);
        channel.writeAndFlush(alert.record()).addListener(ChannelFutureListener.CLOSE);
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
            ended();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("the reception of a " + whose + " failed inside", cause);
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
