package dev.sallyport.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Role;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.detect.Hellos;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners of TLS that is passed through: the server name of the first message says where to. */
class ServerNameTest {
    private static final String UNRECOGNIZED_NAME = "\25\3\3\0\2\2\160";
    private static final String DECODE_ERROR = "\25\3\3\0\2\2\62";
    private static final String UNEXPECTED_MESSAGE = "\25\3\3\0\2\2\12";

    private static final Verdict PASSED = new Verdict.To(
            new Destination.Cluster("backend"),
            "shop",
            Rig.TRANSPARENT,
            AddressPolicy.ANY,
            new Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofSeconds(60),
                    Duration.ZERO),
            0,
            null);

    /** Serves one name and what has none. */
    private static final Role ROLE = (ask, peer, trail) -> {
        String name = ((Ask.ServerName) ask).name().toString();
        return name.isEmpty() || name.equals("shop.example")
                ? PASSED
                : new Verdict.Refuse(421, ProxyError.DESTINATION_NOT_FOUND, "", "This server name is not served here.");
    };

    private static Rig.Setup tls(Origin origin) {
        return Rig.setup()
                .reverse(origin)
                .listeners(Listeners.speaking(Protocol.TLS))
                .role("web", ROLE);
    }

    private static Origin counting(int hello) {
        return Origin.scripted((wire, number) -> {
            String got = wire.read(hello + 3);
            wire.send(got.substring(0, 3) + got.substring(hello)).endOutput();
            wire.readAll();
        });
    }

    @ParameterizedTest
    @EnumSource
    void passesTheHelloAndAllBehindIt(Transport transport) throws Exception {
        byte[] hello = Hellos.of("Shop.Example", "TLSv1.3", "TLSv1.2");
        try (Origin origin = counting(hello.length);
                Rig rig = tls(origin).transport(transport).start();
                Wire client = rig.connect()) {
            client.send(hello).send("end");
            assertThat(client.readAll()).isEqualTo("\26\3" + (char) hello[2] + "end");
            client.close();
            RecordedDecision decision = rig.decision();
            assertThat(decision.serverName()).isEqualTo("shop.example");
            assertThat(decision.rule()).isEqualTo("shop");
            assertThat(decision.requestBytes()).isEqualTo(hello.length + 3);
        }
    }

    @Test
    void readsAHelloInManyRecordsAndSegments() throws Exception {
        byte[] hello = Hellos.inRecordsOf(20, Hellos.of("shop.example", "TLSv1.3"));
        try (Origin origin = counting(hello.length);
                Rig rig = tls(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < hello.length; i++) {
                client.send(Arrays.copyOfRange(hello, i, i + 1));
            }
            client.send("end");
            assertThat(client.readAll()).endsWith("end");
        }
    }

    @Test
    void passesWhatAsksForNoNameWhereARuleTakesIt() throws Exception {
        byte[] hello = Hellos.of("", "TLSv1.2");
        try (Origin origin = counting(hello.length);
                Rig rig = tls(origin).start();
                Wire client = rig.connect()) {
            client.send(hello).send("end");
            assertThat(client.readAll()).endsWith("end");
        }
    }

    @Test
    void refusesANameThatIsNotServed() throws Exception {
        try (Origin origin = Origin.saying("unused");
                Rig rig = tls(origin).start();
                Wire client = rig.connect()) {
            client.send(Hellos.of("pay.example", "TLSv1.3"));
            assertThat(client.readAll()).isEqualTo(UNRECOGNIZED_NAME);
            RecordedDecision decision = rig.decision();
            assertThat(decision.serverName()).isEqualTo("pay.example");
            assertThat(decision.allowed()).isFalse();
            assertThat(rig.faults("server_name_unknown")).isOne();
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void refusesWhatIsNoHello() throws Exception {
        byte[] broken = Hellos.of("shop.example", "TLSv1.3");
        broken[5] = 2;
        try (Origin origin = Origin.saying("unused");
                Rig rig = tls(origin).start();
                Wire http = rig.connect();
                Wire other = rig.connect();
                Wire early = rig.connect()) {
            http.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(http.readAll()).isEqualTo(UNEXPECTED_MESSAGE);
            other.send(broken);
            assertThat(other.readAll()).isEqualTo(DECODE_ERROR);
            early.send(Arrays.copyOf(broken, 5)).endOutput();
            assertThat(early.ends()).isTrue();
            Await.until("all are counted", () -> rig.faults("hello_malformed") == 3);
            assertThat(rig.toldAll()).isTrue();
        }
    }

    @Test
    void refusesAHelloAboveItsBound() throws Exception {
        byte[] record = new byte[5 + (16 << 10)];
        byte[] head = {22, 3, 1, 64, 0, 1, 0, 127, 0};
        System.arraycopy(head, 0, record, 0, head.length);
        try (Origin origin = Origin.saying("unused");
                Rig rig = tls(origin).start();
                Wire client = rig.connect()) {
            client.send(Arrays.copyOf(record, 9));
            assertThat(client.readAll()).isEqualTo(DECODE_ERROR);
            assertThat(rig.faults("hello_malformed")).isOne();
        }
    }

    @Test
    void waitsForAHelloNoLongerThanItMay() throws Exception {
        byte[] hello = Hellos.of("shop.example", "TLSv1.3");
        try (Origin origin = Origin.saying("unused");
                Rig rig = Rig.setup()
                        .reverse(
                                l -> new ClientLimits(
                                        l.headerBytes(), 0, Duration.ofMillis(100), Duration.ofSeconds(60)),
                                origin)
                        .listeners(Listeners.speaking(Protocol.TLS))
                        .role("web", ROLE)
                        .start();
                Wire silent = rig.connect();
                Wire slow = rig.connect()) {
            slow.send(new String(hello, 0, 10, StandardCharsets.ISO_8859_1));
            assertThat(silent.ends()).isTrue();
            slow.ends();
            Await.until("both are counted", () -> rig.faults("hello_timeout") == 2);
        }
    }
}
