package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Pipes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way of a tunnel from copying to a {@link Splice}: nothing is read any more, and Netty lets go of both sockets. What it
 * still had to send, and what came in the meantime, goes first.
 */
final class Promotion {
    private final Tunnel tunnel;
    private final Loop loop;
    private final Side client;
    private final Side origin;
    private final ChannelEnd clientEnd;
    private final ChannelEnd originEnd;
    private Pipes.@Nullable Pipe up;
    private Pipes.@Nullable Pipe down;

    private Promotion(Tunnel tunnel, Loop loop, Side client, ChannelEnd clientEnd, Side origin, ChannelEnd originEnd) {
        this.tunnel = tunnel;
        this.loop = loop;
        this.client = client;
        this.clientEnd = clientEnd;
        this.origin = origin;
        this.originEnd = originEnd;
    }

    /** The promotion of a tunnel, or null when its ends are no plain sockets of the kernel. */
    static @Nullable Promotion of(Tunnel tunnel, Loop loop, Side client, Side origin) {
        return client.end() instanceof ChannelEnd one
                        && origin.end() instanceof ChannelEnd other
                        && one.raw() != null
                        && other.raw() != null
                ? new Promotion(tunnel, loop, client, one, origin, other)
                : null;
    }

    /** Begins; nothing is read from either side until it is over. */
    void begin() {
        up = loop.pipes().open();
        down = up == null ? null : loop.pipes().open();
        if (down == null) {
            closePipes();
            return;
        }
        client.leave();
        origin.leave();
        clientEnd.stopReading();
        originEnd.stopReading();
        clientEnd.letGo(() -> originEnd.letGo(this::letGo));
    }

    /** Netty has let go of both. */
    private void letGo() {
        ByteBuf upwards = Unpooled.wrappedBuffer(originEnd.takeUnsent(), client.takeStray());
        ByteBuf downwards = Unpooled.wrappedBuffer(clientEnd.takeUnsent(), origin.takeStray());
        if (tunnel.isOver()) {
            closePipes();
            upwards.release();
            downwards.release();
            return;
        }
        SplicedSocket one = new SplicedSocket(raw(clientEnd), client.whenBroken());
        SplicedSocket other = new SplicedSocket(raw(originEnd), origin.whenBroken());
        Splice splice = new Splice(
                tunnel,
                one,
                other,
                new Half(one.socket(), other.socket(), Objects.requireNonNull(up), upwards),
                new Half(other.socket(), one.socket(), Objects.requireNonNull(down), downwards));
        tunnel.spliced(splice, splice.start((IoEventLoop) loop.thread()));
    }

    private static EpollSocketChannel raw(ChannelEnd end) {
        return Objects.requireNonNull(end.raw());
    }

    private void closePipes() {
        if (up != null) {
            up.close();
        }
        if (down != null) {
            down.close();
        }
    }
}
