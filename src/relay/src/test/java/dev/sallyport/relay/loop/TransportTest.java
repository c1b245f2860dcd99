package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {
    @ParameterizedTest
    @EnumSource
    void givesAcceptedConnectionsTheirOptions(Transport transport) throws Exception {
        try (Listening listening = new Listening(transport)) {
            SocketChannel accepted = listening.accept();
            assertThat(accepted.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            assertThat(accepted.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
        }
    }

    @Test
    void boundsWhatIsUnsentOfThoseThatAreAcceptedFromThenOn() throws Exception {
        Transport transport = Transport.EPOLL;
        try (Listening listening = new Listening(transport)) {
            assertThat(unsent(listening.accept())).isZero();
            transport.boundUnsent(listening.socket, true);
            assertThat(unsent(listening.accept())).isEqualTo(Transport.UNSENT_BYTES);
            transport.boundUnsent(listening.socket, false);
            assertThat(unsent(listening.accept())).isZero();
        }
    }

    private static long unsent(SocketChannel accepted) {
        return accepted.config().getOption(EpollChannelOption.TCP_NOTSENT_LOWAT);
    }

    private static final class Listening implements AutoCloseable {
        private final MultiThreadIoEventLoopGroup group;
        private final BlockingQueue<SocketChannel> accepted = new ArrayBlockingQueue<>(1);

        /** Open as long as what is accepted of them is looked at. */
        private final List<Socket> clients = new ArrayList<>();

        final Channel socket;

        Listening(Transport transport) {
            group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(group)
                    .channel(transport.server())
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            accepted.add(channel);
                        }
                    });
            transport.keepAlive(bootstrap);
            socket = bootstrap
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
        }

        SocketChannel accept() throws Exception {
            InetSocketAddress address = (InetSocketAddress) socket.localAddress();
            Socket client = new Socket(address.getAddress(), address.getPort());
            clients.add(client);
            SocketChannel channel = accepted.poll(30, TimeUnit.SECONDS);
            assertThat(channel).as("accepted from %s", client).isNotNull();
            return channel;
        }

        @Override
        public void close() throws IOException {
            for (Socket client : clients) {
                client.close();
            }
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
