package dev.sallyport.relay.loop;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/** A loop's way to the kernel. */
public enum Transport implements Redirects {
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
        SocketChannel socket(InetAddress to) {
            return new EpollSocketChannel(
                    to instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
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
        public @Nullable InetSocketAddress original(SocketChannel accepted) {
            boolean v4 = accepted.localAddress().getAddress() instanceof Inet4Address;
            try {
                ByteBuffer address = accepted.config().getOption(v4 ? ORIGINAL_V4 : ORIGINAL_V6);
                byte[] ip = new byte[v4 ? 4 : 16];
                address.clear().get(v4 ? 4 : 8, ip);
                return new InetSocketAddress(InetAddress.getByAddress(ip), Short.toUnsignedInt(address.getShort(2)));
            } catch (ChannelException | UnknownHostException e) {
                return null;
            }
        }

        @Override
        public void keepAlive(ServerBootstrap listening) {
            listening.option(KEEP_ALIVE, 1);
        }

        @Override
        public void boundUnsent(Channel listening, boolean bound) {
            listening.config().setOption(UNSENT_LOW_WATER, bound ? UNSENT_BYTES : 0);
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
        SocketChannel socket(InetAddress to) {
            return new NioSocketChannel();
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
        public @Nullable InetSocketAddress original(SocketChannel accepted) {
            return null;
        }

        @Override
        public void keepAlive(ServerBootstrap listening) {
            listening.childOption(ChannelOption.SO_KEEPALIVE, true);
        }

        @Override
        public void boundUnsent(Channel listening, boolean bound) {}
    };

    /** The state of a connection that is over, in the kernel's words. */
    private static final int TCP_CLOSE = 7;

    /** See {@link #boundUnsent}. */
    public static final int UNSENT_BYTES = 32 << 10;

    /**
     * SO_KEEPALIVE of SOL_SOCKET, and TCP_NOTSENT_LOWAT of IPPROTO_TCP, on listening sockets, where Netty has neither. The
     * kernel gives them on to what is accepted, so that they need not be set on each connection.
     */
    private static final ChannelOption<Integer> KEEP_ALIVE = new IntegerUnixChannelOption("KEEP_ALIVE", 1, 9);

    private static final ChannelOption<Integer> UNSENT_LOW_WATER =
            new IntegerUnixChannelOption("UNSENT_LOW_WATER", 6, 25);

    /** SO_ORIGINAL_DST of SOL_IP, a {@code sockaddr_in}; and IP6T_SO_ORIGINAL_DST of SOL_IPV6, a {@code sockaddr_in6}. */
    private static final ChannelOption<ByteBuffer> ORIGINAL_V4 = new RawUnixChannelOption("ORIGINAL_V4", 0, 80, 16);

    private static final ChannelOption<ByteBuffer> ORIGINAL_V6 = new RawUnixChannelOption("ORIGINAL_V6", 41, 80, 28);

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

    /**
     * A socket of the family of an address, as one for both costs more to make and to use.
     *
     * @throws ChannelException when there is none to be had
     */
    abstract SocketChannel socket(InetAddress to);

    /** The number of a channel's file descriptor, or -1 when it cannot be known. */
    abstract int descriptor(SocketChannel channel);

    /**
     * Whether the peer has reset a connection whose half it had ended before: of that, nothing is told. False where the way
     * to the kernel does not say.
     */
    public abstract boolean isBroken(SocketChannel channel);

    /** Has the system look whether the peers of silent connections that are accepted are still there. */
    public abstract void keepAlive(ServerBootstrap listening);

    /**
     * Has the system hold no more than {@link #UNSENT_BYTES} that it has not sent yet of each connection that is accepted
     * from now on, so that it can be seen how fast the peer takes them, or no longer. Does nothing where the way to the
     * kernel has no such option.
     */
    public abstract void boundUnsent(Channel listening, boolean bound);

    /**
     * Ends our half of a connection without TLS, after what was flushed. When the peer ends its half after that, the
     * channel closes.
     */
    public static void endOutput(SocketChannel channel) {
        channel.config().setAllowHalfClosure(false);
        if (channel instanceof EpollSocketChannel epoll) {
            // Netty's way fills in two stack traces each time.
            try {
                ((Socket) epoll.fd()).shutdown(false, true);
            } catch (IOException | NotYetConnectedException e) {
                // It is broken, as the next read tells.
            }
        } else {
            channel.shutdownOutput();
        }
    }

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
