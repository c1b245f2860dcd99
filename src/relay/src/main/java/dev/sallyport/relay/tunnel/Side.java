package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.record.Decision;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;

/** One side of a tunnel: what it reads is written to the other, as fast as that one takes it. */
final class Side extends ChannelInboundHandlerAdapter {
    private final Tunnel tunnel;
    private final Channel channel;
    private final Decision.End whenBroken;
    private Side other = this;
    private boolean reading;
    private boolean inputEnded;
    private boolean told;
    private boolean closing;

    Side(Tunnel tunnel, Channel channel, Decision.End whenBroken) {
        this.tunnel = tunnel;
        this.channel = channel;
        this.whenBroken = whenBroken;
    }

    void join(Side other) {
        this.other = other;
    }

    void open() {
        channel.pipeline().addLast(this);
    }

    /** The side may have ended its half before the tunnel was opened. */
    void noticeEnd() {
        if (((DuplexChannel) channel).isInputShutdown()) {
            endInput();
        }
    }

    private void endInput() {
        if (!inputEnded) {
            inputEnded = true;
            other.endOutput();
        }
    }

    /** Takes over bytes that this side sent. */
    void carry(ByteBuf read) {
        int length = read.readableBytes();
        if (length == 0 || closing) {
            read.release();
            return;
        }
        tunnel.carried(this, length);
        other.channel.write(read, other.channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    void readOn() {
        if (!reading && !inputEnded && !closing && other.channel.isWritable()) {
            reading = true;
            channel.read();
        }
    }

    /** Whether the side has ended its half and the other was told so. */
    boolean hasEnded() {
        return told;
    }

    void close() {
        closing = true;
        channel.close();
    }

    /** Closes it so that the peer sees that its stream was cut. */
    void reset() {
        closing = true;
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        carry((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        other.flush();
        readOn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        other.readOn();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            endInput();
        }
    }

    /** The other side sends no more: this one is told so, after all that was written. */
    private void endOutput() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && !closing) {
                ((DuplexChannel) channel).shutdownOutput();
                other.told = true;
                tunnel.ended();
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        gone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone();
    }

    /** What the side had said to its end still goes to the other; what it cannot hear any more is lost. */
    private void gone() {
        if (!inputEnded) {
            tunnel.broken(whenBroken);
        } else if (!other.told) {
            other.told = true;
            tunnel.unheard(whenBroken);
        }
    }
}
