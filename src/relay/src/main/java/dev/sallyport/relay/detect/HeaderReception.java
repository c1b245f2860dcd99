package dev.sallyport.relay.detect;

import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
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
import java.net.InetSocketAddress;
import java.time.Duration;

/** A proxy's connection until it has said, by its PROXY header, who the client is. */
final class HeaderReception extends ChannelInboundHandlerAdapter implements Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(HeaderReception.class);

    private final Door door;
    private final SocketChannel channel;
    private final Arrival proxy;
    private final Inbound inbound;
    private final Deadline deadline;
    private boolean over;

    private HeaderReception(Door door, SocketChannel channel, Arrival proxy) {
        this.door = door;
        this.channel = channel;
        this.proxy = proxy;
        this.inbound = new Inbound(channel.alloc());
        this.deadline = door.worker().loop().deadline(now -> refuse(ClientFault.PROXY_HEADER_MISSING));
    }

    /** Receives a channel that was just accepted, on its loop. */
    static void receive(Door door, SocketChannel channel, Arrival proxy) {
        HeaderReception reception = new HeaderReception(door, channel, proxy);
        channel.pipeline().addLast(reception);
        door.opened(reception);
        if (!door.believes(proxy.peer().ip())) {
            reception.refuse(ClientFault.PROXY_HEADER_UNTRUSTED);
            return;
        }
        Duration limit = door.serving().listener().limits().headerTimeout();
        if (!limit.isZero()) {
            reception.deadline.set(System.nanoTime() + limit.toNanos());
        }
        channel.read();
    }

    private void listen() {
        ProxyHeader header = new ProxyHeader();
        switch (header.read(inbound.bytes())) {
            case NEED_MORE -> {}
            case ABSENT -> refuse(ClientFault.PROXY_HEADER_MISSING);
            case MALFORMED -> refuse(ClientFault.PROXY_HEADER_MALFORMED);
            case COMPLETE -> {
                inbound.bytes().skipBytes(header.length());
                over = true;
                deadline.remove();
                channel.pipeline().remove(this);
                Entrance.goOn(door, this, channel, arrival(header), inbound.take());
            }
        }
    }

    private Arrival arrival(ProxyHeader header) {
        InetSocketAddress client = header.client();
        InetSocketAddress server = header.server();
        return client == null || server == null
                ? proxy
                : Arrival.from(client, server, proxy.peer().listener());
    }

    private void refuse(ClientFault why) {
        over = true;
        deadline.remove();
        door.fault(why);
        channel.close();
    }

    /** Nothing was asked yet. */
    @Override
    public void drain() {
        channel.close();
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
                // As who only looks whether somebody listens.
                channel.close();
            } else {
                refuse(ClientFault.PROXY_HEADER_MISSING);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("the reception of a proxy failed inside", cause);
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
