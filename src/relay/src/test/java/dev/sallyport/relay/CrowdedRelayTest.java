package dev.sallyport.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.RelayConfigCodec;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A relay as a process with more clients than it likes. */
@Timeout(180)
class CrowdedRelayTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int DESCRIPTORS = 256;
    private static final int IDLE = 10_000;
    private static final int HOSTILE = 1_000;

    /** What the relay may have resident with all of them: the bound is generous, growth without one is not. */
    private static final long MOST_RESIDENT = 512L << 20;

    @TempDir
    Path directory;

    private InetSocketAddress serve(RelayProcess relay, Origin origin) throws IOException {
        Files.write(
                directory.resolve(RelayConfigCodec.FILE),
                RelayConfigCodec.write(Configs.reverse(
                        1, 0, List.of(origin.endpoint()), new Drain(Duration.ZERO, Duration.ofSeconds(1)))));
        JsonNode ready = relay.event("ready");
        String[] address = ready.get("listeners").get("web").asText().split(":");
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(address[1]));
    }

    private static double metric(RelayProcess relay, String name) throws Exception {
        return relay.admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    private static boolean isServed(Wire client) {
        try {
            client.send(GET);
            return client.hasNext() && client.readResponse().body().equals("ok");
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    @Test
    void turnsTheNewestAwayWhenFileDescriptorsRunOutAndStillAnswersOnItsAdminPort() throws Exception {
        try (Origin origin = Origin.saying("ok");
                RelayProcess relay = RelayProcess.on(directory, DESCRIPTORS)) {
            InetSocketAddress address = serve(relay, origin);
            List<Wire> clients = new ArrayList<>();
            boolean full = false;
            while (!full && clients.size() < DESCRIPTORS) {
                clients.add(Wire.to(address));
                full = !isServed(clients.getLast());
            }
            assertThat(full).isTrue();
            clients.removeLast().close();
            for (int i = 0; i < DESCRIPTORS; i++) {
                Wire.to(address).close();
            }
            assertThat(relay.admin("/readyz").statusCode()).isEqualTo(200);
            assertThat(metric(relay, "sallyport_client_faults_total{role=\"reverse\",fault=\"overload\"}"))
                    .isPositive();
            assertThat(clients).hasSizeGreaterThan(50).allMatch(CrowdedRelayTest::isServed);
            clients.forEach(Wire::close);
            Await.until("newcomers are served again", () -> {
                try (Wire newcomer = Wire.to(address)) {
                    return isServed(newcomer);
                }
            });
            assertThat(relay.said()).doesNotContain("Exception");
        }
    }

    @Test
    void staysSmallUnderTenThousandIdleAndAThousandHostileConnections() throws Exception {
        byte[] endlessHead =
                ("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(15_000)).getBytes(StandardCharsets.US_ASCII);
        byte[] stalledBody = ("POST /stall HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"
                        + "x".repeat(100_000))
                .getBytes(StandardCharsets.US_ASCII);
        byte[] unread = (GET.replace("/ ", "/large ").repeat(100)).getBytes(StandardCharsets.US_ASCII);
        String large = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000);
        List<SocketChannel> clients = new ArrayList<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.socket().setSoTimeout(0);
                    try {
                        while (wire.hasNext()) {
                            String head = wire.readHead();
                            if (head.startsWith("POST")) {
                                Thread.sleep(Duration.ofMinutes(2));
                            }
                            wire.send(
                                    head.startsWith("GET /large ")
                                            ? large
                                            : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        }
                    } catch (UncheckedIOException e) {
                        // the relay hangs up on some
                    }
                });
                RelayProcess relay = RelayProcess.on(directory)) {
            InetSocketAddress address = serve(relay, origin);
            double alone = metric(relay, "process_resident_memory_bytes");
            ByteBuffer get = ByteBuffer.wrap(GET.getBytes(StandardCharsets.US_ASCII));
            ByteBuffer response = ByteBuffer.allocate(1000);
            for (int i = 0; i < IDLE; i++) {
                SocketChannel client = SocketChannel.open(address);
                clients.add(client);
                client.write(get.rewind());
            }
            for (SocketChannel client : clients) {
                response.clear();
                while (!new String(response.array(), 0, response.position(), StandardCharsets.US_ASCII)
                        .endsWith("\r\n\r\nok")) {
                    assertThat(client.read(response)).isPositive();
                }
            }
            double idle = metric(relay, "process_resident_memory_bytes");
            for (int i = 0; i < HOSTILE; i++) {
                SocketChannel client = SocketChannel.open(address);
                clients.add(client);
                client.configureBlocking(false);
                ByteBuffer attack = ByteBuffer.wrap(i % 3 == 0 ? endlessHead : i % 3 == 1 ? stalledBody : unread);
                client.write(attack);
            }
            Await.until("all have begun", () -> {
                try {
                    return metric(relay, "sallyport_connections_total{role=\"reverse\"}") >= IDLE + HOSTILE;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            dev.sallyport.relay.rig.Await.stillness("memory grows no more", () -> {
                try {
                    return (long) metric(relay, "process_resident_memory_bytes") >> 20;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            double hostile = metric(relay, "process_resident_memory_bytes");
            System.out.printf(
                    "resident: alone %.0f MiB, %d idle %.0f MiB, and %d hostile %.0f MiB%n",
                    alone / (1 << 20), IDLE, idle / (1 << 20), HOSTILE, hostile / (1 << 20));
            assertThat(hostile).isLessThan(MOST_RESIDENT);
            try (Wire one = Wire.to(address)) {
                assertThat(isServed(one)).isTrue();
            }
            assertThat(relay.said()).doesNotContain("Exception");
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }
}
