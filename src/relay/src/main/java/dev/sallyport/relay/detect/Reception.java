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
import dev.sallyport.relay.tls.Alert;
import dev.sallyport.relay.tls.Ends;
import dev.sallyport.relay.tls.SecureSession;
import dev.sallyport.relay.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection from its acceptance until it is known who serves it. That one gets what was read, and the
 * {@link Arrival} that says who came.
 */
public final class Reception extends ChannelInboundHandlerAdapter implements Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Reception.class);

    /** How long a client may take to hear why it is refused. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private final Door door;
    private final SocketChannel channel;
    private final Inbound inbound;
    private final Deadline deadline;
    private final LastWords lastWords = new LastWords();
    private Arrival arrival;
    private Stage stage;
    private ServerTls.@Nullable Handshake handshake;

    private enum Stage {
        /** Waits for as much as tells what the client speaks. */
        FIRST_BYTES,
        /** Waits for the first message of TLS. */
        HELLO,
        /** The handler of TLS has the connection. */
        HANDSHAKE,
        /** Somebody serves it, or it ends. */
        OVER
    }

    private Reception(Door door, SocketChannel channel) {
        this.door = door;
        this.channel = channel;
        this.inbound = new Inbound(channel.alloc());
        this.deadline = door.worker().loop().deadline(now -> passed());
        this.arrival = Arrival.of(channel, door.serving().listener().name());
        this.stage = door.serving().tls() == null ? Stage.FIRST_BYTES : Stage.HELLO;
    }

    /** Receives a channel that was just accepted, on its loop. */
    public static void receive(Door door, SocketChannel channel) {
        Reception reception = new Reception(door, channel);
        channel.pipeline().addLast(reception);
        door.opened(reception);
        if (door.admits(channel, reception.arrival.peer().address())) {
            reception.deadline.set(after(
                    reception.stage == Stage.HELLO
                            ? reception.limits().headerTimeout()
                            : reception.limits().idleTimeout()));
            channel.read();
        }
    }

    private void advance() {
        switch (stage) {
            case FIRST_BYTES -> listen();
            case HELLO -> hello();
            case HANDSHAKE, OVER -> throw new IllegalStateException("nobody waits for bytes");
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

    // ---- TLS

    private void hello() {
        ClientHello hello = new ClientHello();
        switch (hello.read(inbound.bytes())) {
            case NEED_MORE -> {}
            case COMPLETE -> begin(hello);
            case NOT_TLS -> refuse(ClientFault.HELLO_MALFORMED, Alert.UNEXPECTED_MESSAGE);
            case MALFORMED, TOO_LARGE -> refuse(ClientFault.HELLO_MALFORMED, Alert.DECODE_ERROR);
        }
    }

    private void begin(ClientHello hello) {
        ServerTls tls = door.serving().tls();
        if (tls == null) {
            // A reload took it away while the hello came.
            refuse(ClientFault.HANDSHAKE_FAILED, Alert.UNEXPECTED_MESSAGE);
        } else if (!door.worker().handshakes().begin()) {
            refuse(ClientFault.OVERLOAD, Alert.INTERNAL_ERROR);
        } else {
            stage = Stage.HANDSHAKE;
            handshake = tls.begin(channel.alloc(), hello.serverName(), hello::takesEcdsa);
            channel.pipeline().addFirst(lastWords, handshake.handler());
            channel.pipeline().fireChannelRead(inbound.take());
        }
    }

    private void secured(ServerTls.Handshake done) {
        handshakeOver();
        channel.pipeline().remove(lastWords);
        SecureSession session = done.agreed();
        arrival = arrival.secured(session);
        if (session.protocol().equals(ApplicationProtocolNames.HTTP_2)) {
            Http2Connection.takeOver(door, leave(), channel, arrival);
        } else {
            ClientConnection.takeOver(door, leave(), channel, arrival);
        }
        channel.read();
    }

    private void unsecured(Throwable cause) {
        ServerTls tls = door.serving().tls();
        boolean ofCertificate = tls != null && tls.asksClients() && ServerTls.isOfClientCertificate(cause);
        refuse(ofCertificate ? ClientFault.CLIENT_CERTIFICATE : ClientFault.HANDSHAKE_FAILED);
    }

    private void handshakeOver() {
        if (handshake != null) {
            handshake = null;
            door.worker().handshakes().end();
        }
    }

    /** Ends it by an alert of TLS (RFC 8446, section 6.2) where the library has no part yet. */
    private void refuse(ClientFault why, Alert alert) {
        stage = Stage.OVER;
        door.fault(why);
        deadline.set(System.nanoTime() + LINGER_NANOS);
        channel.pipeline().addFirst(lastWords);
        channel.writeAndFlush(alert.record()).addListener(ChannelFutureListener.CLOSE);
    }

    // ---- the end

    private Guest leave() {
        stage = Stage.OVER;
        deadline.remove();
        channel.pipeline().remove(this);
        return this;
    }

    private void refuse(ClientFault why) {
        stage = Stage.OVER;
        door.fault(why);
        deadline.set(System.nanoTime() + LINGER_NANOS);
        channel.close();
    }

    private void passed() {
        switch (stage) {
            case FIRST_BYTES -> {
                if (inbound.isEmpty()) {
                    channel.close();
                } else {
                    refuse(ClientFault.HEAD_TIMEOUT);
                }
            }
            case HELLO -> refuse(ClientFault.HELLO_TIMEOUT);
            case HANDSHAKE -> refuse(ClientFault.HANDSHAKE_TIMEOUT);
            case OVER -> closeNow();
        }
    }

    /** Without waiting until the client has heard all. */
    private void closeNow() {
        channel.pipeline().firstContext().close();
    }

    /** Whoever has not said anything is told by HTTP/1, which is what most clients speak, that there is nothing to come. */
    @Override
    public void drain() {
        switch (stage) {
            case FIRST_BYTES -> {
                if (inbound.isEmpty()) {
                    ClientConnection.takeOver(door, leave(), channel, arrival).drain();
                }
            }
            case HELLO -> {
                if (inbound.isEmpty()) {
                    channel.close();
                }
            }
            case HANDSHAKE, OVER -> {}
        }
    }

    @Override
    public void end(End why) {
        closeNow();
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
        if (stage == Stage.OVER) {
            read.release();
        } else {
            inbound.add(read);
            advance();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (stage == Stage.FIRST_BYTES || stage == Stage.HELLO) {
            channel.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case ChannelInputShutdownEvent ended -> ended(ended);
            case SslHandshakeCompletionEvent completed
            when handshake != null -> {
                if (completed.isSuccess()) {
                    secured(handshake);
                } else {
                    unsecured(completed.cause());
                }
            }
            default -> {}
        }
    }

    private void ended(ChannelInputShutdownEvent event) {
        switch (stage) {
            case FIRST_BYTES -> {
                if (inbound.isEmpty()) {
                    channel.close();
                } else {
                    http1();
                    channel.pipeline().fireUserEventTriggered(event);
                }
            }
            case HELLO -> {
                if (inbound.isEmpty()) {
                    channel.close();
                } else {
                    refuse(ClientFault.HELLO_MALFORMED);
                }
            }
            case HANDSHAKE -> refuse(ClientFault.HANDSHAKE_FAILED);
            case OVER -> {}
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!Ends.isOutside(cause)) {
            LOG.error("the reception of a client failed inside", cause);
        }
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stage = Stage.OVER;
        handshakeOver();
        inbound.clear();
        deadline.remove();
        door.closed(this);
    }
}
