package dev.sallyport.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.model.config.OriginConnections.Reuse;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** PROXY headers to endpoints. */
class IntroductionTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private static Introduction of(String client, String reached) {
        return new Introduction(
                new InetSocketAddress(InetAddress.ofLiteral(client), 40_000),
                new InetSocketAddress(InetAddress.ofLiteral(reached), 443));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.1, PROXY TCP4 10.0.0.7 10.0.0.1 40000 443",
        "2001:db8::7, ::1, PROXY TCP6 2001:db8:0:0:0:0:0:7 0:0:0:0:0:0:0:1 40000 443",
        "10.0.0.7, ::1, PROXY TCP6 ::ffff:10.0.0.7 0:0:0:0:0:0:0:1 40000 443",
    })
    void writesTheTextForm(String client, String reached, String line) {
        ByteBuf header = of(client, reached).header(ProxyProtocolVersion.V1, UnpooledByteBufAllocator.DEFAULT);
        assertThat(header.toString(StandardCharsets.US_ASCII)).isEqualTo(line + "\r\n");
        header.release();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.1, 2111000c0a0000070a000001",
        "2001:db8::7, ::1, 2121002420010db800000000000000000000000700000000000000000000000000000001",
        "2001:db8::7, 10.0.0.1, 2121002420010db800000000000000000000000700000000000000000000ffff0a000001",
    })
    void writesTheBinaryForm(String client, String reached, String bytes) {
        ByteBuf header = of(client, reached).header(ProxyProtocolVersion.V2, UnpooledByteBufAllocator.DEFAULT);
        assertThat(ByteBufUtil.hexDump(header)).isEqualTo(SIGNATURE + bytes + "9c4001bb");
        header.release();
    }

    @Test
    void beginsEachConnectionOfAClusterAndSharesNone() throws Exception {
        List<String> headers = new CopyOnWriteArrayList<>();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    headers.add(wire.readUntil("\r\n"));
                    while (wire.hasNext()) {
                        wire.readRequest();
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .backend(Clusters.reuse(Reuse.ALWAYS))
                        .backend(Clusters.proxyProtocol(ProxyProtocolVersion.V1))
                        .start();
                Wire one = rig.connect();
                Wire other = rig.connect()) {
            for (Wire client : List.of(one, other, one)) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            int listener = rig.server().addresses().get("web").getPort();
            assertThat(headers).containsExactly(line(one, listener), line(other, listener), line(one, listener));
        }
    }

    private static String line(Wire client, int listener) {
        return "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.socket().getLocalPort() + " " + listener + "\r\n";
    }

    @ParameterizedTest
    @EnumSource
    void passesOnWhoTheProxyBeforeNamed(ProxyProtocolVersion version) throws Exception {
        String got = version == ProxyProtocolVersion.V1
                ? "PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n"
                : "\r\n\r\n\0\r\nQUIT\n\41\21\0\14\300\0\2\7\306\63\144\1\234\100\1\273";
        try (Origin origin = Origin.scripted((wire, number) -> {
                    assertThat(wire.read(got.length())).isEqualTo(got);
                    wire.send("220 first\r\n" + wire.readUntil("\n"));
                });
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .listeners(Listeners.speaking(Protocol.TCP))
                        .listeners(Listeners.behind("127.0.0.0/8"))
                        .backend(Clusters.proxyProtocol(version))
                        .start();
                Wire client = rig.connect()) {
            client.send("PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\nhello\n");
            assertThat(client.readAll()).isEqualTo("220 first\r\nhello\n");
        }
    }
}
