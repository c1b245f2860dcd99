package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Configs;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that begin with a PROXY header. */
class HeaderReceptionTest {
    private static final String LOCALHOST = "127.0.0.0/8";
    private static final String V1 = "PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n";
    private static final byte[] V2 = Headers.v2(0x21, 0x11, "C0000207 C6336401 9C40 01BB");
    private static final String GET = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    private static Rig.Setup behind(Origin origin) {
        return Rig.setup().reverse(origin).listeners(Listeners.behind(LOCALHOST));
    }

    @ParameterizedTest
    @EnumSource
    void takesTheClientFromTheHeader(Transport transport) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = behind(origin).transport(transport).start();
                Wire text = rig.connect();
                Wire binary = rig.connect()) {
            text.send(V1 + GET);
            assertThat(text.readResponse().body()).isEqualTo("ok");
            binary.send(V2).send(GET);
            assertThat(binary.readResponse().body()).isEqualTo("ok");
            for (int i = 0; i < 2; i++) {
                RecordedDecision decision = rig.decision();
                assertThat(decision.clientAddress()).isEqualTo("192.0.2.7");
                assertThat(decision.clientPort()).isEqualTo(40_000);
                assertThat(origin.requests().get(i).field("x-forwarded-for")).isEqualTo("192.0.2.7");
            }
        }
    }

    @Test
    void readsAHeaderByteForByte() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = behind(origin).start();
                Wire client = rig.connect()) {
            for (char c : (V1 + GET).toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.readResponse().body()).isEqualTo("ok");
            client.send(GET);
            assertThat(client.readResponse().body()).isEqualTo("ok");
        }
    }

    @Test
    void leavesTheAddressWhereTheProxyItselfSpeaks() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = behind(origin).start();
                Wire check = rig.connect();
                Wire unknown = rig.connect()) {
            check.send(Headers.v2(0x20, 0, "")).send(GET);
            assertThat(check.readResponse().body()).isEqualTo("ok");
            assertThat(rig.decision().clientAddress()).isEqualTo("127.0.0.1");
            unknown.send("PROXY UNKNOWN\r\n" + GET);
            assertThat(unknown.readResponse().body()).isEqualTo("ok");
            assertThat(rig.decision().clientAddress()).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void servesNobodyWithoutAHeader() throws Exception {
        try (Origin origin = Origin.saying("unused");
                Rig rig = behind(origin).start();
                Wire none = rig.connect();
                Wire half = rig.connect();
                Wire broken = rig.connect();
                Wire twice = rig.connect()) {
            none.send(GET);
            none.ends();
            half.send("PROXY TCP4").endOutput();
            half.ends();
            Await.until("both are counted", () -> rig.faults("proxy_header_missing") == 2);
            broken.send("PROXY TCP4 192.0.2.7\r\n" + GET);
            broken.ends();
            Await.until("it is counted", () -> rig.faults("proxy_header_malformed") == 1);
            twice.send(V1 + V1);
            twice.ends();
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void waitsForAHeaderNoLongerThanItMay() throws Exception {
        try (Origin origin = Origin.saying("unused");
                Rig rig = Rig.setup()
                        .reverse(
                                l -> new ClientLimits(
                                        l.headerBytes(), 0, Duration.ofMillis(100), Duration.ofSeconds(60)),
                                origin)
                        .listeners(Listeners.behind(LOCALHOST))
                        .start();
                Wire silent = rig.connect()) {
            assertThat(silent.ends()).isTrue();
            assertThat(rig.faults("proxy_header_missing")).isOne();
        }
    }

    @Test
    void believesTrustedPeersAlone() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup()
                        .reverse(origin)
                        .listeners(Listeners.behind("192.0.2.0/24"))
                        .start();
                Wire client = rig.connect()) {
            client.ends();
            Await.until("it is counted", () -> rig.faults("proxy_header_untrusted") == 1);
            rig.apply(changed(rig.config()));
            try (Wire again = rig.connect()) {
                again.send(V1 + GET);
                assertThat(again.readResponse().body()).isEqualTo("ok");
            }
        }
    }

    private static RelayConfig changed(RelayConfig config) {
        return Configs.listeners(
                config,
                config.listeners().stream().map(Listeners.behind(LOCALHOST)).toList());
    }

    @Test
    void takesTheClientsOfStreamsFromTheHeader() throws Exception {
        byte[] hello = Hellos.of("shop.example", "TLSv1.3");
        for (Protocol protocol : new Protocol[] {Protocol.TCP, Protocol.TLS}) {
            try (Origin origin = Origin.scripted((wire, number) -> {
                        assertThat(wire.read(hello.length)).startsWith("\26\3");
                        wire.send("ok");
                    });
                    Rig rig = behind(origin)
                            .listeners(Listeners.speaking(protocol))
                            .start();
                    Wire client = rig.connect()) {
                client.send(V2).send(hello);
                assertThat(client.readAll()).isEqualTo("ok");
                client.close();
                RecordedDecision decision = rig.decision();
                assertThat(decision.clientAddress()).isEqualTo("192.0.2.7");
                assertThat(decision.requestBytes()).isEqualTo(hello.length);
            }
        }
    }
}
