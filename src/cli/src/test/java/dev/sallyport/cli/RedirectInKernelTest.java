package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.relay.listen.Redirection;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code sallyport redirect} prints, in the kernel of a pod with another machine beside it. */
@TestInstance(Lifecycle.PER_CLASS)
class RedirectInKernelTest {
    private static final int RELAY = 7717;
    private static final int APPLICATION = 1000;
    private static final int PATIENCE = 30_000; // milliseconds
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                sallyport.dev/capture: redirect
                sallyport.dev/egress: egress
                sallyport.dev/ingress: web
                sallyport.dev/exclude-outbound-cidrs: 198.51.100.0/24, 2001:db8:51::/48
                sallyport.dev/include-outbound-cidrs: 198.51.100.128/25, 2001:db8:51:80::/64
                sallyport.dev/exclude-outbound-ports: "5432"
            spec:
              containers:
              - name: web
                image: registry.test/web
                ports: [{containerPort: 8080}, {containerPort: 9090}]
            """;

    private final List<AutoCloseable> open = new ArrayList<>();
    private NetworkNamespace pod;
    private NetworkNamespace outside;
    private Path ruleset;

    @BeforeAll
    void setUp(@TempDir Path folder) throws Exception {
        boolean must = "true".equals(System.getenv("CI"));
        Said found = Said.by(new ProcessBuilder("../build/nft"));
        assumeTrue(must || found.status() == 0, found.error());

        try {
            pod = opened(new NetworkNamespace());
            outside = opened(new NetworkNamespace());
        } catch (IOException e) {
            assumeTrue(must, e.getMessage());
            throw e;
        }
        outside.run("ip", "link", "add", "pod", "type", "veth", "peer", "name", "eth0");
        outside.run("ip", "link", "set", "eth0", "netns", pod.file().toString());
        address(outside, "pod", "10.99.0.1/24", "fd99::1/64");
        address(pod, "eth0", "10.99.0.2/24", "fd99::2/64");
        pod.run("ip", "route", "add", "default", "via", "10.99.0.1");
        pod.run("ip", "route", "add", "default", "via", "fd99::1");
        address(outside, "lo", "203.0.113.10/32", "2001:db8:113::10/128", "198.51.100.10/32", "198.51.100.200/32");
        address(outside, "lo", "2001:db8:51::10/128", "2001:db8:51:80::10/128");

        ruleset = Files.writeString(folder.resolve("ruleset"), printed(folder));
        apply();
        for (int port : List.of(80, 443, 4444, 5432)) {
            serve(outside, "::", port, "outside");
        }
        for (String address : List.of(
                "203.0.113.10",
                "2001:db8:113::10",
                "198.51.100.10",
                "198.51.100.200",
                "2001:db8:51::10",
                "2001:db8:51:80::10")) {
            serveDatagrams(outside, address, 443, "outside");
            serveDatagrams(outside, address, 5432, "outside");
        }
        for (String address : List.of("127.0.0.1", "::1", "10.99.0.2", "fd99::2")) {
            serveDatagrams(pod, address, 8080, "application");
        }
        for (int port : List.of(7070, 8080, 9090)) {
            serve(pod, "::", port, "application");
        }
        for (int port : List.of(15_701, 15_710, 15_711)) {
            serve(pod, "::", port, "relay");
        }
    }

    @AfterAll
    void tearDown() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.10", "2001:db8:113::10", "198.51.100.200", "2001:db8:51:80::10"})
    void whatGoesOutComesToTheRelay(String address) throws Exception {
        for (int port : List.of(80, 443, 4444)) {
            assertThat(ask(pod, APPLICATION, address, port)).isEqualTo(relayed(15701, address, port));
        }
        assertThat(ask(pod, 0, address, 443)).isEqualTo(relayed(15701, address, 443));
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.10", "2001:db8:113::10"})
    void theRelayItselfGoesOut(String address) throws Exception {
        assertThat(ask(pod, RELAY, address, 443)).isEqualTo("outside:443");
        assertThat(askByDatagram(pod, RELAY, address, 443)).isEqualTo("outside:443");
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.51.100.10", "2001:db8:51::10"})
    void rangesAreLetPast(String address) throws Exception {
        assertThat(ask(pod, APPLICATION, address, 443)).isEqualTo("outside:443");
        assertThat(askByDatagram(pod, APPLICATION, address, 443)).isEqualTo("outside:443");
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.10", "2001:db8:113::10", "198.51.100.200"})
    void portsAreLetPast(String address) throws Exception {
        assertThat(ask(pod, APPLICATION, address, 5432)).isEqualTo("outside:5432");
        assertThat(askByDatagram(pod, APPLICATION, address, 5432)).isEqualTo("outside:5432");
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.10", "2001:db8:113::10", "198.51.100.200", "2001:db8:51:80::10"})
    void datagramsAreRefusedAtOnce(String address) throws Exception {
        for (int user : List.of(APPLICATION, 0)) {
            try (DatagramChannel channel = datagrams(pod, user, address, 443)) {
                assertThatThrownBy(() -> channel.write(ByteBuffer.wrap(new byte[1])))
                        .hasMessage("Operation not permitted");
                assertThatThrownBy(() -> channel.socket().receive(new DatagramPacket(new byte[1], 1)))
                        .isInstanceOf(PortUnreachableException.class);
            }
        }
    }

    /** Sent by root through a raw socket, as {@code ping} does. */
    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.10", "2001:db8:113::10"})
    void echoRequestsGoOut(String address) throws Exception {
        assertThat(pod.inside(() -> InetAddress.getByName(address).isReachable(10_000)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.99.0.2", "fd99::2"})
    void whatComesInComesToTheRelay(String address) throws Exception {
        assertThat(ask(outside, 0, address, 8080)).isEqualTo(relayed(15710, address, 8080));
        assertThat(ask(outside, 0, address, 9090)).isEqualTo(relayed(15711, address, 9090));
        assertThat(ask(outside, 0, address, 7070)).isEqualTo("application:7070");
        assertThat(askByDatagram(outside, 0, address, 8080)).isEqualTo("application:8080");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.99.0.2", "fd99::2"})
    void nobodyAsksForThePortsOfRedirection(String address) {
        for (int port : List.of(15_701, 15_710, 15_711, 15_725)) {
            assertThatThrownBy(() -> ask(outside, 0, address, port)).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> ask(pod, APPLICATION, address, port)).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "10.99.0.2", "fd99::2"})
    void thePodReachesItself(String address) throws Exception {
        for (int user : List.of(APPLICATION, RELAY)) {
            assertThat(ask(pod, user, address, 8080)).isEqualTo("application:8080");
            assertThat(askByDatagram(pod, user, address, 8080)).isEqualTo("application:8080");
        }
    }

    @Test
    void nftTakesEveryRuleset() throws Exception {
        try (NetworkNamespace other = new NetworkNamespace();
                Stream<Path> files = Files.list(Path.of("../control/src/test/redirect"))) {
            for (Path file : files.filter(file -> file.toString().matches(".*/(in|out|both)[^/]*\\.nft"))
                    .toList()) {
                other.run("nft", "-f", file.toString());
                other.run("nft", Files.readString(file));
            }
        }
    }

    @Test
    void aRelaySeesWhetherItIsInForce(@TempDir Path folder) throws Exception {
        assertThat(pod.inside(RELAY, Redirection::isInForce)).isTrue();
        try (NetworkNamespace other = new NetworkNamespace()) {
            assertThat(other.inside(Redirection::isInForce)).isFalse();
            Said said = Said.by(other.inside(() -> new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            "dev.sallyport.relay.Relay",
                            "--config",
                            folder.toString(),
                            "--redirected")
                    .start()));
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.error()).contains("not-started", "and has no rules for that");
        }
    }

    @Test
    void connectionsLiveOnWhenItIsAppliedAgain() throws Exception {
        String before = pod.run("nft", "list", "ruleset");
        try (SocketChannel channel = connect(pod, APPLICATION, "203.0.113.10", 443)) {
            String greeting = relayed(15_701, "203.0.113.10", 443);
            InputStream in = channel.socket().getInputStream();
            assertThat(text(in.readNBytes(greeting.length()))).isEqualTo(greeting);
            apply();
            assertThat(pod.run("nft", "list", "ruleset")).isEqualTo(before);
            channel.write(StandardCharsets.UTF_8.encode("still there"));
            channel.shutdownOutput();
            assertThat(text(in.readAllBytes())).isEqualTo("still there");
        }
    }

    /** A socket that its process has closed has no user any more. */
    @Test
    void theLastWordsOfTheRelayArrive() throws Exception {
        try (ServerSocketChannel server =
                outside.inside(() -> ServerSocketChannel.open().bind(new InetSocketAddress("::", 81)))) {
            SocketChannel channel = connect(pod, RELAY, "203.0.113.10", 81);
            channel.configureBlocking(false);
            int taken = 0;
            for (int now = -1; now != 0; taken += now) {
                now = channel.write(ByteBuffer.allocate(1 << 20));
            }
            channel.close();
            try (SocketChannel accepted = server.accept()) {
                accepted.socket().setSoTimeout(PATIENCE);
                assertThat(accepted.socket().getInputStream().readAllBytes()).hasSize(taken);
            }
        }
    }

    private static String printed(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("pod.yaml"), POD);
        Said said = Said.bySallyport("redirect", "--print", "-f", file);
        assertThat(said.status()).as(said.error()).isZero();
        return said.output();
    }

    private void apply() throws Exception {
        pod.run("nft", "-f", ruleset.toString());
    }

    private static void address(NetworkNamespace there, String device, String... addresses) throws Exception {
        for (String address : addresses) {
            there.run("ip", "address", "add", address, "dev", device, "nodad");
        }
        there.run("ip", "link", "set", device, "up");
    }

    /** Answers with its name, and with the original destination of what was redirected, then with what it reads. */
    private void serve(NetworkNamespace there, String address, int port, String name) throws Exception {
        ServerSocketChannel server =
                opened(there.inside(() -> ServerSocketChannel.open().bind(new InetSocketAddress(address, port))));
        Thread.ofVirtual().start(() -> {
            while (true) {
                try (SocketChannel channel = server.accept()) {
                    String greeting =
                            name + ":" + port + (name.equals("relay") ? " for " + OriginalDestination.of(channel) : "");
                    channel.write(StandardCharsets.UTF_8.encode(greeting));
                    channel.socket()
                            .getInputStream()
                            .transferTo(channel.socket().getOutputStream());
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    /** @param address from which answers go */
    private void serveDatagrams(NetworkNamespace there, String address, int port, String name) throws Exception {
        DatagramChannel channel =
                opened(there.inside(() -> DatagramChannel.open().bind(new InetSocketAddress(address, port))));
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    SocketAddress peer = channel.receive(ByteBuffer.allocate(1));
                    channel.send(StandardCharsets.UTF_8.encode(name + ":" + port), peer);
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static SocketChannel connect(NetworkNamespace there, int user, String address, int port) throws Exception {
        SocketChannel channel = there.inside(user, () -> SocketChannel.open(new InetSocketAddress(address, port)));
        channel.socket().setSoTimeout(PATIENCE);
        return channel;
    }

    private static String ask(NetworkNamespace there, int user, String address, int port) throws Exception {
        try (SocketChannel channel = connect(there, user, address, port)) {
            channel.shutdownOutput();
            return text(channel.socket().getInputStream().readAllBytes());
        }
    }

    private static DatagramChannel datagrams(NetworkNamespace there, int user, String address, int port)
            throws Exception {
        DatagramChannel channel =
                there.inside(user, () -> DatagramChannel.open().connect(new InetSocketAddress(address, port)));
        channel.socket().setSoTimeout(PATIENCE);
        return channel;
    }

    private static String askByDatagram(NetworkNamespace there, int user, String address, int port) throws Exception {
        try (DatagramChannel channel = datagrams(there, user, address, port)) {
            channel.write(ByteBuffer.wrap(new byte[1]));
            var answer = new DatagramPacket(new byte[100], 100);
            channel.socket().receive(answer);
            return text(Arrays.copyOf(answer.getData(), answer.getLength()));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String relayed(int port, String address, int originalPort) {
        return "relay:" + port + " for " + new InetSocketAddress(address, originalPort);
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(one);
        return one;
    }
}
