package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Loops;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.rig.NameServer;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Destinations with addresses of both families. */
class EyeballsTest {
    private static final AddressPolicy NO_V6 =
            (address, port) -> address instanceof Inet6Address ? new AddressPolicy.Guarded("test address", true) : null;

    private static ServerSocket v6(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.bind(new InetSocketAddress("::1", port));
            return server;
        } catch (IOException e) {
            server.close();
            assumeTrue(false, "this machine has no IPv6, or the port is taken: " + e.getMessage());
            throw e;
        }
    }

    private static NameServer names() {
        return new NameServer(Map.of("both.test", List.of("127.0.0.1", "::1"), "v6.test", List.of("::1")));
    }

    private static Wire tunnel(Rig rig, String authority) {
        return rig.connect().send("CONNECT " + authority + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    @Test
    void usesIpv6FirstAndIpv4WhenThatIsRefused() throws Exception {
        try (Origin v4 = Origin.saying("v4");
                NameServer names = names();
                Rig rig = Rig.setup().nameServers(names.provider()).forward().start()) {
            int port = v4.address().getPort();
            try (ServerSocket v6 = v6(port);
                    Wire client = tunnel(rig, "both.test:" + port)) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
                client.reset();
                String upstream = rig.decision().upstream();
                // Under load the answer for IPv6 may have come too late to be first.
                assertThat(upstream).isIn("[::1]:" + port, "127.0.0.1:" + port);
            }
            for (int i = 0; i < 2; i++) {
                try (Wire client = tunnel(rig, "both.test:" + port)) {
                    assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
                }
                assertThat(rig.decision().upstream()).isEqualTo("127.0.0.1:" + port);
            }
        }
    }

    @Test
    void dialsOnlyTheGoodOnesOfAMix() throws Exception {
        try (Origin v4 = Origin.saying("v4");
                ServerSocket v6 = v6(v4.address().getPort());
                NameServer names = names();
                Rig rig = Rig.setup()
                        .nameServers(names.provider())
                        .addresses(NO_V6)
                        .forward()
                        .start();
                Wire client = tunnel(rig, "both.test:" + v6.getLocalPort());
                Wire refused = tunnel(rig, "v6.test:" + v6.getLocalPort())) {
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(refused.readResponse().status()).isEqualTo(403);
            client.close();
            for (int i = 0; i < 2; i++) {
                assertThat(rig.decision().upstream()).isIn("", "127.0.0.1:" + v6.getLocalPort());
            }
        }
    }

    @Test
    void takesAddressesThatComeLater() throws Exception {
        Loops loops = Loops.start(1, Transport.best());
        try (Origin origin = Origin.saying("ok");
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress gone = new InetSocketAddress("127.0.0.1", taken.getLocalPort());
            taken.close();
            assertThat(dial(loops, gone, List.of(origin.address()))).isEqualTo(origin.address());
            assertThat(dial(loops, origin.address(), List.of(gone))).isEqualTo(origin.address());
            assertThat(dial(loops, gone, List.of())).isEqualTo(ProxyError.CONNECTION_REFUSED);
        } finally {
            loops.stop().join();
        }
    }

    /** Dials one address, and others that are told when that has been tried. */
    private static Object dial(Loops loops, InetSocketAddress first, List<InetSocketAddress> more) throws Exception {
        CompletableFuture<Object> result = new CompletableFuture<>();
        Loop loop = loops.all().getFirst();
        loop.run(() -> {
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            Dial dial = new Dial(loop, List.of(first), true, giveUp, new Dial.Listener() {
                @Override
                public void dialled(Channel channel, InetSocketAddress address) {
                    channel.close();
                    result.complete(address);
                }

                @Override
                public void unreachable(ProxyError error, String detail) {
                    result.complete(error);
                }
            });
            dial.begin();
            var unused = loop.thread().schedule(() -> dial.more(more), 20, TimeUnit.MILLISECONDS);
        });
        return result.get(10, TimeUnit.SECONDS);
    }
}
