package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * An end that is a connection of its own, with TLS or without. Over TLS a half ends by close_notify, and a connection that
 * ends without was cut (RFC 8446, section 6.1).
 */
public final class ChannelEnd extends ChannelInboundHandlerAdapter implements TunnelEnd {
    private final Channel channel;
    private final @Nullable SslHandler tls;
    private final ByteBuf early;
    private @Nullable Events events;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean over;

    /** Takes over a channel that has no handler but perhaps that of TLS, and does not read of its own. */
    public ChannelEnd(Channel channel) {
        this(channel, Unpooled.EMPTY_BUFFER);
    }

    /** @param early what was read from it already; taken over */
    public ChannelEnd(Channel channel, ByteBuf early) {
        this.channel = channel;
        this.tls = channel.pipeline().get(SslHandler.class);
        this.early = early;
    }

    @Override
    public ByteBuf attach(Events told) {
        events = told;
        inputEnded = tls == null
                ? ((DuplexChannel) channel).isInputShutdown()
                : tls.engine().isInboundDone();
        channel.pipeline().addLast(this);
        return early;
    }

    @Override
    public boolean inputEnded() {
        return inputEnded;
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void write(ByteBuf data) {
        channel.write(data, channel.voidPromise());
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void readOn() {
        channel.read();
    }

    @Override
    public void endOutput() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && tls != null) {
                tls.closeOutbound().addListener(notified -> ended(notified.isSuccess()));
            } else {
                ended(written.isSuccess());
            }
        });
    }

    private void ended(boolean told) {
        if (told && !over) {
            outputEnded = true;
            events().onOutputEnded();
            if (over) {
                // Both halves have ended, and to close it tells the peer as well.
                return;
            }
            if (tls == null) {
                Transport.endOutput((SocketChannel) channel);
            } else {
                ((DuplexChannel) channel).shutdownOutput();
            }
        }
    }

    // ---- on the way to a splice

    /** The socket, when there is nothing but it: no TLS, and epoll. */
    @Nullable
    EpollSocketChannel raw() {
        return tls == null && channel instanceof EpollSocketChannel socket ? socket : null;
    }

    /** Takes back what {@link #readOn} asked for. */
    void stopReading() {
        // Netty has no other word for it.
        channel.config().setAutoRead(true);
        channel.config().setAutoRead(false);
    }

    /** What was written and not sent yet, which Netty will not send any more; for the caller to release. */
    ByteBuf takeUnsent() {
        CompositeByteBuf all = channel.alloc().compositeBuffer(Integer.MAX_VALUE);
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        while (unsent != null && unsent.current() instanceof ByteBuf next) {
            all.addComponent(true, next.retain());
            unsent.remove();
        }
        return all;
    }

    /** Has Netty let go of the socket, and runs {@code task} then. Nothing is told any more after that. */
    void letGo(Runnable task) {
        channel.deregister().addListener(left -> {
            over = true;
            task.run();
        });
    }

    @Override
    public void close() {
        over = true;
        channel.close();
    }

    @Override
    public void reset() {
        over = true;
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            if (tls != null && channel.pipeline().context(tls) != null) {
                // It would say, by close_notify, that all is well.
                channel.pipeline().remove(tls);
            }
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        if (over || !read.isReadable()) {
            read.release();
        } else {
            events().onData(read);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!over) {
            events().onPause();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!over && channel.isWritable()) {
            events().onWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case ChannelInputShutdownEvent shut when tls == null -> endInput();
            case ChannelInputShutdownEvent shut when !inputEnded -> gone();
            case SslCloseCompletionEvent closed when closed.isSuccess() -> endInput();
            default -> {}
        }
    }

    private void endInput() {
        if (!inputEnded && !over) {
            inputEnded = true;
            events().onEnd();
        }
    }

    private void gone() {
        if (!over) {
            events().onGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        gone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (outputEnded && tls == null) {
            // The peer has ended its half after us: whatever else ends it is told before.
            endInput();
        } else {
            gone();
        }
    }

    private Events events() {
        Events told = events;
        if (told == null) {
            throw new IllegalStateException("attached to nothing");
        }
        return told;
    }
}
