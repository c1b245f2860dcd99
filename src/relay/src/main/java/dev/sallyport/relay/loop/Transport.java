package dev.sallyport.relay.loop;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.net.StandardSocketOptions;

/** A loop's way to the kernel. */
public enum Transport {
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class, EpollDatagramChannel.class) {
        @Override
        public boolean available() {
            return Epoll.isAvailable();
        }

        @Override
        IoHandlerFactory handlers() {
            return MendedEpoll.factory();
        }

        @Override
        public ChannelOption<Boolean> reusePort() {
            return UnixChannelOption.SO_REUSEPORT;
        }

        @Override
        int descriptor(SocketChannel channel) {
            return ((EpollSocketChannel) channel).fd().intValue();
        }

        @Override
        public boolean isBroken(SocketChannel channel) {
            return channel.isOpen() && ((EpollSocketChannel) channel).tcpInfo().state() == TCP_CLOSE;
        }

        @Override
        public void boundUnsent(SocketChannel channel) {
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
        }
    },
    NIO(NioServerSocketChannel.class, NioSocketChannel.class, NioDatagramChannel.class) {
        @Override
        public boolean available() {
            return true;
        }

        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        public ChannelOption<Boolean> reusePort() {
            return NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
        }

        @Override
        int descriptor(SocketChannel channel) {
            return -1;
        }

        @Override
        public boolean isBroken(SocketChannel channel) {
            return false;
        }

        @Override
        public void boundUnsent(SocketChannel channel) {}
    };

    /** The state of a connection that is over, in the kernel's words. */
    private static final int TCP_CLOSE = 7;

    /** See {@link #boundUnsent}. */
    public static final long UNSENT_BYTES = 32 << 10;

    private final Class<? extends ServerSocketChannel> server;
    private final Class<? extends SocketChannel> socket;
    private final Class<? extends DatagramChannel> datagram;

    Transport(
            Class<? extends ServerSocketChannel> server,
            Class<? extends SocketChannel> socket,
            Class<? extends DatagramChannel> datagram) {
        this.server = server;
        this.socket = socket;
        this.datagram = datagram;
    }

    /** Epoll where its native library is there, else NIO. */
    public static Transport best() {
        return EPOLL.available() ? EPOLL : NIO;
    }

    public abstract boolean available();

    abstract IoHandlerFactory handlers();

    /** The number of a channel's file descriptor, or -1 when it cannot be known. */
    abstract int descriptor(SocketChannel channel);

    /**
     * Whether the peer has reset a connection whose half it had ended before: of that, nothing is told. False where the way
     * to the kernel does not say.
     */
    public abstract boolean isBroken(SocketChannel channel);

    /**
     * Has the system hold no more than {@link #UNSENT_BYTES} that it has not sent yet, so that it can be seen how fast the
     * peer takes them. Does nothing where the way to the kernel has no such option.
     */
    public abstract void boundUnsent(SocketChannel channel);

    /** Lets every loop bind the same port, the kernel spreading connections over them. */
    public abstract ChannelOption<Boolean> reusePort();

    public Class<? extends ServerSocketChannel> server() {
        return server;
    }

    public Class<? extends SocketChannel> socket() {
        return socket;
    }

    public Class<? extends DatagramChannel> datagram() {
        return datagram;
    }
}
