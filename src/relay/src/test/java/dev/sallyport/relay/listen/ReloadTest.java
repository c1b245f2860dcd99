package dev.sallyport.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Configs;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is open while configurations come and go that do not touch it. */
class ReloadTest {
    private static final int RELOADS = 100;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /** Answers, changes to an echo, sends a response or takes a request in parts, as it is asked. */
    private static Origin origin() {
        return Origin.scripted((wire, number) -> {
            while (wire.hasNext()) {
                String head = wire.readHead();
                if (head.startsWith("GET /chat ")) {
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                    while (wire.hasNext()) {
                        wire.send(wire.read(1));
                    }
                } else if (head.startsWith("POST /stream ")) {
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    while (wire.hasNext()) {
                        wire.send(wire.readUntil("\n\r\n"));
                    }
                } else {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                }
            }
        });
    }

    private static Wire chat(Rig rig) {
        Wire chat = rig.connect("web");
        chat.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertThat(chat.readHead()).startsWith("HTTP/1.1 101 ");
        return chat;
    }

    private static Wire stream(Rig rig) {
        Wire stream = rig.connect("web");
        stream.send("POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        stream.readHead();
        return stream;
    }

    private static Wire tunnel(Rig rig, Origin origin) {
        Wire tunnel = rig.connect("proxy");
        tunnel.send("CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: a\r\n\r\n");
        tunnel.readHead();
        tunnel.send("GET /chat HTTP/1.1\r\n\r\n");
        assertThat(tunnel.readHead()).startsWith("HTTP/1.1 101 ");
        return tunnel;
    }

    private static RelayConfig changed(RelayConfig first, Origin other, int turn) {
        Listener web = first.listeners().getFirst();
        Listener more = new Listener(
                "more" + turn % 3, web.address(), 0, 80, web.role(), web.policy(), web.protocols(), web.limits());
        List<Cluster> clusters = new ArrayList<>(first.clusters());
        clusters.add(new Cluster(
                "other",
                new EndpointSet.Fixed(List.of(other.endpoint())),
                Cluster.Balancing.ROUND_ROBIN,
                Duration.ofMillis(1000 + turn)));
        return Configs.clusters(Configs.listener(first, more), clusters);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLost(Transport transport) throws Exception {
        try (Origin origin = origin();
                Origin other = Origin.saying("other");
                Rig rig = Rig.setup()
                        .transport(transport)
                        .loops(2)
                        .reverse(origin)
                        .forward()
                        .start();
                Wire chat = chat(rig);
                Wire stream = stream(rig);
                Wire tunnel = tunnel(rig, origin);
                Http2Wire streams = rig.http2();
                Wire idle = rig.connect("web")) {
            streams.headers(1, Http2Wire.request("POST", "/stream"), false);
            streams.next(Http2Wire.Head.class);
            RelayConfig first = rig.config();
            InetSocketAddress web = rig.server().addresses().get("web");
            for (int i = 0; i < RELOADS; i++) {
                rig.apply(i % 2 == 0 ? changed(first, other, i) : first);
                chat.send("x");
                assertThat(chat.read(1)).isEqualTo("x");
                tunnel.send("y");
                assertThat(tunnel.read(1)).isEqualTo("y");
                stream.send("3\r\nab\n\r\n");
                assertThat(stream.readUntil("\n\r\n")).isEqualTo("3\r\nab\n\r\n");
                streams.data(1, "ab\n", false);
                assertThat(streams.next(Http2Wire.Data.class).text()).isEqualTo("ab\n");
                idle.send(GET);
                assertThat(idle.readResponse().field("connection")).isEmpty();
            }
            assertThat(rig.server().addresses()).containsEntry("web", web);
            assertThat(origin.accepted()).as("connections to the origin").isEqualTo(5);
        }
    }

    @Test
    void aDrainEndsWhatWouldGoOnForEverAtItsEnd() throws Exception {
        try (Origin origin = origin();
                Rig rig = Rig.setup().reverse(origin).start();
                Wire chat = chat(rig);
                Wire stream = stream(rig)) {
            Thread ending = Thread.ofVirtual().start(() -> rig.drain(Duration.ofSeconds(3)));
            chat.send("x");
            assertThat(chat.read(1)).isEqualTo("x");
            stream.send("3\r\nab\n\r\n");
            assertThat(stream.readUntil("\n\r\n")).isEqualTo("3\r\nab\n\r\n");
            assertThat(chat.hasNext()).isFalse();
            assertThat(stream.hasNext()).isFalse();
            assertThat(List.of(rig.decision(), rig.decision()))
                    .extracting(RecordedDecision::end)
                    .containsOnly(End.DRAIN);
            ending.join();
        }
    }
}
