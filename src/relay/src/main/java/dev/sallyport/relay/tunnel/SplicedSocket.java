package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.record.Decision;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One socket of a {@link Splice}, which its Netty channel has let go of, and what the loop should tell of it. */
final class SplicedSocket implements EpollIoHandle {
    private static final EpollIoOps READ = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP);
    private static final EpollIoOps WRITE = EpollIoOps.EPOLLOUT;
    private static final EpollIoOps BOTH = READ.with(WRITE);

    private static final int PEER_ENDED = EpollIoOps.EPOLLRDHUP.value();
    private static final int ERROR = EpollIoOps.EPOLLERR.value();
    private static final int INPUT = READ.value();

    /** Or no way to write any more, which writing finds out. */
    private static final int OUTPUT = WRITE.value() | 0x10;

    private final EpollSocketChannel channel;
    private final Decision.End whenBroken;
    private @Nullable Splice splice;
    private @Nullable IoRegistration registration;
    private EpollIoOps interest = EpollIoOps.NONE;
    private boolean peerEnded;

    SplicedSocket(EpollSocketChannel channel, Decision.End whenBroken) {
        this.channel = channel;
        this.whenBroken = whenBroken;
    }

    Socket socket() {
        return (Socket) channel.fd();
    }

    Decision.End whenBroken() {
        return whenBroken;
    }

    /** Whether the loop has said that the peer ended its half. */
    boolean peerEnded() {
        return peerEnded;
    }

    /** Has the loop tell a splice what happens; false when it will not. */
    boolean register(IoEventLoop loop, Splice told) {
        splice = told;
        Future<IoRegistration> registered = loop.register(this);
        registration = registered.isSuccess() ? registered.getNow() : null;
        return registration != null;
    }

    /** What to wait for; errors are told in any case. */
    void await(boolean input, boolean output) {
        EpollIoOps next = input ? output ? BOTH : READ : output ? WRITE : EpollIoOps.NONE;
        if (next != interest && registration != null) {
            interest = next;
            registration.submit(next);
        }
    }

    /** Nothing more is told. */
    void unregister() {
        IoRegistration registered = registration;
        registration = null;
        if (registered != null) {
            registered.cancel();
        }
    }

    /** Closes it; the peer sees its stream end. */
    void end() {
        unregister();
        channel.close();
    }

    /** Closes it so that the peer sees that its stream was cut. */
    void reset() {
        unregister();
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    @Override
    public FileDescriptor fd() {
        return channel.fd();
    }

    @Override
    public void handle(IoRegistration told, IoEvent event) {
        Splice owner = splice;
        if (owner == null || registration == null) {
            return;
        }
        int ops = ((EpollIoEvent) event).ops().value();
        peerEnded |= (ops & PEER_ENDED) != 0;
        if ((ops & ERROR) != 0) {
            owner.gone(this);
        } else {
            owner.ready(this, (ops & INPUT) != 0, (ops & OUTPUT) != 0);
        }
    }

    /** The loop ends. */
    @Override
    public void close() {
        if (splice != null) {
            splice.close();
        }
    }
}
