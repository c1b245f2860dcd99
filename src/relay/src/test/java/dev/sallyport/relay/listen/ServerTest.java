package dev.sallyport.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Configs;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Configurations that replace each other, and the end. */
class ServerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    private static Listener with(Listener l, UnaryOperator<String> name, int port, RoleKind role, String policy) {
        return new Listener(
                name.apply(l.name()), l.address(), port, l.publicPort(), role, policy, l.protocols(), l.limits());
    }

    private static Wire tunnel(Rig rig, Origin origin) {
        Wire client = rig.connect("proxy");
        client.send("CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
        return client;
    }

    private static String proxied(Origin origin) {
        return "GET http://" + origin.authority() + "/ HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static boolean refused(InetSocketAddress address) {
        try (Wire accepted = Wire.to(address)) {
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    private static Origin echo() {
        return Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                wire.send(wire.read(1));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void leavesConnectionsAloneWhoseListenerStays(Transport transport) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Origin echo = echo();
                Rig rig = Rig.setup()
                        .transport(transport)
                        .loops(2)
                        .reverse(origin)
                        .forward()
                        .start();
                Wire client = rig.connect("web");
                Wire tunnel = tunnel(rig, echo)) {
            RelayConfig first = rig.config();
            InetSocketAddress at = rig.server().addresses().get("web");
            for (int i = 0; i < 100; i++) {
                Listener more = with(first.listeners().getFirst(), name -> "more", 0, RoleKind.REVERSE, "shop/more");
                rig.apply(i % 2 == 0 ? Configs.listener(first, more) : first);
                client.send(GET);
                assertThat(client.readResponse().field("connection")).isEmpty();
                tunnel.send("x");
                assertThat(tunnel.read(1)).isEqualTo("x");
            }
            assertThat(rig.server().addresses()).containsEntry("web", at);
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void servesNewRequestsOfAnOldConnectionByTheNewConfiguration() throws Exception {
        try (Origin one = Origin.saying("one");
                Origin other = Origin.saying("other");
                Rig rig = Rig.setup().reverse(one).start();
                Wire client = rig.connect()) {
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("one");
            Cluster cluster = rig.config().clusters().getFirst();
            rig.apply(Configs.clusters(
                    rig.config(),
                    List.of(new Cluster(
                            cluster.id(),
                            new EndpointSet.Fixed(List.of(other.endpoint())),
                            cluster.balancing(),
                            cluster.connectTimeout()))));
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("other");
            Await.until("the kept connection is closed", () -> one.open() == 0);
            rig.apply(Configs.clusters(rig.config(), List.of()));
            client.send(GET);
            assertThat(client.readResponse().status()).isEqualTo(503);
        }
    }

    @Test
    void letsTheConnectionsOfAListenerGoThatIsGone() throws Exception {
        try (Origin slow = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
                    wire.hasNext();
                });
                Rig rig = Rig.setup()
                        .drain(new Drain(Duration.ZERO, Duration.ofMillis(400)))
                        .reverse(slow)
                        .forward()
                        .start();
                Wire idle = rig.connect("web");
                Wire busy = rig.connect("web")) {
            InetSocketAddress at = rig.server().addresses().get("web");
            busy.send(GET);
            busy.readHead();
            rig.apply(Configs.listeners(
                    rig.config(), List.of(rig.config().listeners().getLast())));
            assertThat(idle.ends()).isTrue();
            assertThat(busy.readAll()).isEqualTo("o");
            assertThat(rig.decision().end()).isEqualTo(Decision.End.DRAIN);
            assertThat(rig.server().addresses()).containsOnlyKeys("proxy");
            Await.until("the port is free", () -> refused(at));
        }
    }

    @Test
    void keepsTheOldConfigurationWhenAPortIsTaken() throws Exception {
        for (int loops = 1; loops <= 2; loops++) {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Origin origin = Origin.saying("ok");
                    Rig rig = Rig.setup().loops(loops).reverse(origin).start();
                    Wire client = rig.connect()) {
                Listener web = rig.config().listeners().getFirst();
                RelayConfig bad = Configs.listeners(
                        rig.config(),
                        List.of(
                                with(web, name -> "new", 0, RoleKind.REVERSE, "shop/new"),
                                with(web, name -> "clash", taken.getLocalPort(), RoleKind.REVERSE, "shop/clash")));
                assertThatThrownBy(() -> rig.apply(bad))
                        .isInstanceOf(InvalidConfigException.class)
                        .hasMessageStartingWith("listeners[1].port: listener 'clash' cannot have port "
                                + taken.getLocalPort() + " of 127.0.0.1: ");
                assertThat(rig.server().addresses()).containsOnlyKeys("web");
                client.send(GET);
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EPOLL, 1", "EPOLL, 2", "NIO, 1", "NIO, 2"})
    void movesAPortBetweenAllAddressesAndOneWithoutAGap(Transport transport, int loops) throws Exception {
        try (Origin origin = Origin.saying("ok");
                ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Rig rig = Rig.setup()
                        .transport(transport)
                        .loops(loops)
                        .reverse(origin)
                        .start()) {
            int port = free.getLocalPort();
            free.close();
            InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            Listener first = rig.config().listeners().getFirst();
            for (int i = 0; i < 6; i++) {
                rig.apply(Configs.listeners(
                        rig.config(), List.of(at(first, i % 2 == 0 ? "0.0.0.0" : "127.0.0.1", port))));
                try (Wire client = Wire.to(at)) {
                    client.send(GET);
                    assertThat(client.readResponse().body()).isEqualTo("ok");
                }
            }
        }
    }

    private static Listener at(Listener l, String address, int port) {
        return new Listener(l.name(), address, port, l.publicPort(), l.role(), l.policy(), l.protocols(), l.limits());
    }

    @Test
    void changesTheRoleOfAListenerForNewConnectionsOnly() throws Exception {
        try (Origin origin = Origin.saying("ok");
                ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Rig rig = Rig.setup().reverse(origin).start()) {
            int port = free.getLocalPort();
            free.close();
            Listener web = with(rig.config().listeners().getFirst(), name -> name, port, RoleKind.REVERSE, "shop/web");
            rig.apply(Configs.listeners(rig.config(), List.of(web)));
            try (Wire before = rig.connect()) {
                before.send(GET);
                before.readResponse();
                rig.apply(Configs.listeners(
                        rig.config(), List.of(with(web, name -> name, port, RoleKind.FORWARD, "shop/egress"))));
                assertThat(before.ends()).isTrue();
                try (Wire after = rig.connect()) {
                    after.send("GET http://" + origin.authority() + "/forward HTTP/1.1\r\nHost: a\r\n\r\n");
                    assertThat(after.readResponse().body()).isEqualTo("ok");
                    assertThat(origin.requests().getLast().line()).isEqualTo("GET /forward HTTP/1.1");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void ends(Transport transport) throws Exception {
        try (Origin slow = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhe");
                    wire.readUntil("go on");
                    wire.send("re");
                    wire.hasNext();
                });
                Origin echo = echo();
                Rig rig = Rig.setup()
                        .transport(transport)
                        .loops(2)
                        .reverse(slow)
                        .forward()
                        .start();
                Wire idle = rig.connect("web");
                Wire busy = rig.connect("web");
                Wire tunnel = tunnel(rig, echo)) {
            busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
            busy.readHead();
            assertThat(busy.read(2)).isEqualTo("he");
            Thread ending = Thread.ofVirtual().start(() -> rig.drain(Duration.ofSeconds(3)));
            assertThat(idle.ends()).isTrue();
            tunnel.send("x");
            assertThat(tunnel.read(1)).isEqualTo("x");
            busy.send("go on");
            assertThat(busy.read(2)).isEqualTo("re");
            assertThat(busy.ends()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(Decision.End.COMPLETE);
            assertThat(tunnel.ends()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(Decision.End.DRAIN);
            ending.join();
        }
    }

    /** What a server was asked for may need more of the world before it can answer. */
    @ParameterizedTest
    @CsvSource({"EPOLL, 1", "EPOLL, 2", "NIO, 2"})
    void endsInboundFirst(Transport transport, int loops) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        InetSocketAddress[] proxy = new InetSocketAddress[1];
        try (Origin world = Origin.saying("world");
                Origin echo = echo();
                Origin server = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    asked.countDown();
                    ending.await();
                    try (Wire outward = Wire.to(proxy[0]);
                            Wire tunnel = Wire.to(proxy[0])) {
                        Wire.Response got = outward.send(proxied(world)).readResponse();
                        tunnel.send("CONNECT " + echo.authority() + " HTTP/1.1\r\nHost: a\r\n\r\n")
                                .readHead();
                        String all = got.body()
                                + got.field("connection")
                                + tunnel.send("x").read(1);
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + all.length() + "\r\n\r\n" + all);
                    }
                    wire.hasNext();
                });
                Rig rig = Rig.setup()
                        .transport(transport)
                        .loops(loops)
                        .reverse(server)
                        .forward()
                        .start();
                Wire idle = rig.connect("web");
                Wire client = rig.connect("web");
                Wire kept = rig.connect("proxy")) {
            proxy[0] = rig.server().addresses().get("proxy");
            InetSocketAddress web = rig.server().addresses().get("web");
            client.send(GET);
            asked.await();
            kept.send(proxied(world)).readResponse();
            rig.server().announceEnd();
            Thread drain = Thread.ofVirtual().start(() -> rig.drain(Duration.ofSeconds(60)));
            assertThat(idle.ends()).isTrue();
            Await.until("nothing new comes in", () -> refused(web));
            assertThat(kept.send(proxied(world)).readResponse().field("connection"))
                    .isEmpty();
            ending.countDown();
            assertThat(client.readResponse().body()).isEqualTo("worldx");
            assertThat(kept.ends()).as("then outbound ends, too").isTrue();
            drain.join();
            assertThat(refused(proxy[0])).isTrue();
        }
    }

    /** A side that never comes to rest does not keep the other from its end. */
    @Test
    void endsOutboundWithTheGrace() throws Exception {
        try (Origin silent = Origin.scripted((wire, number) -> wire.readAll());
                Origin echo = echo();
                Rig rig = Rig.setup().reverse(silent).forward().start();
                Wire client = rig.connect("web");
                Wire tunnel = tunnel(rig, echo)) {
            client.send(GET);
            Await.until("it is asked", () -> silent.open() == 1);
            Thread drain = Thread.ofVirtual().start(() -> rig.drain(Duration.ofSeconds(1)));
            tunnel.send("x");
            assertThat(tunnel.read(1)).isEqualTo("x");
            assertThat(client.hasNext()).isFalse();
            assertThat(tunnel.ends()).isTrue();
            drain.join();
            assertThat(List.of(rig.decision().end(), rig.decision().end())).containsOnly(Decision.End.DRAIN);
        }
    }
}
