package dev.sallyport.relay.passage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners of TCP: all bytes of a connection go to the listener's cluster. */
class StreamTest {
    private static Rig.Setup tcp(Origin... origins) {
        return Rig.setup().reverse(origins).listeners(Listeners.speaking(Protocol.TCP));
    }

    private static EndpointSet.Endpoint refusing() throws Exception {
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new EndpointSet.Endpoint("127.0.0.1", gone.getLocalPort());
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesBytesBothWays(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.readAll()));
                Rig rig = tcp(origin).transport(transport).start();
                Wire client = rig.connect()) {
            client.send("\0\1\2 anything").endOutput();
            assertThat(client.readAll()).isEqualTo("heard \0\1\2 anything");
            RecordedDecision decision = rig.decision();
            assertThat(decision.kind()).isEqualTo(Decision.Kind.TUNNEL);
            assertThat(decision.listener()).isEqualTo("web");
            assertThat(decision.cluster()).isEqualTo("backend");
            assertThat(decision.upstream()).isEqualTo(origin.authority());
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.requestBytes()).isEqualTo(12);
            assertThat(decision.responseBytes()).isEqualTo(18);
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(decision.status()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsTheServerSpeakFirst(Transport transport) throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("220 ready\r\n");
                    wire.send("250 " + wire.readUntil("\r\n"));
                });
                Rig rig = tcp(origin).transport(transport).start();
                Wire client = rig.connect()) {
            assertThat(client.readUntil("\r\n")).isEqualTo("220 ready\r\n");
            client.send("HELO me\r\n");
            assertThat(client.readAll()).isEqualTo("250 HELO me\r\n");
        }
    }

    @Test
    void carriesWhatAClientSentThatEndedItsSideAtOnce() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("heard " + wire.readAll()));
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            client.endOutput();
            assertThat(client.readAll()).isEqualTo("heard ");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void triesAnotherEndpointWhereOneRefuses() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.send("here"));
                Rig rig = tcp(origin)
                        .members(List.of(refusing(), refusing(), origin.endpoint()))
                        .retries(2)
                        .start();
                Wire client = rig.connect()) {
            assertThat(client.readAll()).isEqualTo("here");
            client.close();
            RecordedDecision decision = rig.decision();
            assertThat(decision.retries()).isLessThanOrEqualTo(2);
            assertThat(decision.upstream()).isEqualTo(origin.authority());
        }
    }

    @Test
    void resetsWhatItCannotPassOn() throws Exception {
        try (Rig rig = tcp().members(List.of(refusing())).retries(0).start()) {
            assertThat(rig.resets()).isTrue();
            RecordedDecision decision = rig.decision();
            assertThat(decision.error()).isEqualTo(ProxyError.CONNECTION_REFUSED);
            assertThat(decision.status()).isZero();
            assertThat(decision.upstream()).isNotEmpty();
        }
    }

    @Test
    void resetsWhatNoRuleIsFor() throws Exception {
        Verdict refusal = new Verdict.Refuse(404, ProxyError.DESTINATION_NOT_FOUND, "", "No rule.");
        try (Origin origin = Origin.saying("unused");
                Rig rig = tcp(origin).role("web", (ask, peer, trail) -> refusal).start()) {
            assertThat(rig.resets()).isTrue();
            RecordedDecision decision = rig.decision();
            assertThat(decision.allowed()).isFalse();
            assertThat(decision.error()).isEqualTo(ProxyError.DESTINATION_NOT_FOUND);
            assertThat(origin.accepted()).isZero();
        }
    }

    @Test
    void endsWhatIsIdle() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> wire.hasNext());
                Rig rig = tcp(origin)
                        .timeouts(t -> new Timeouts(
                                t.connect(),
                                t.response(),
                                t.request(),
                                t.stream(),
                                Duration.ofMillis(100),
                                t.lifetime()))
                        .start();
                Wire client = rig.connect()) {
            assertThat(client.ends()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(End.IDLE_TIMEOUT);
        }
    }

    @Test
    void breaksOneSideWithTheOther() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("begin");
                    wire.read(1);
                    wire.reset();
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            assertThat(client.read(5)).isEqualTo("begin");
            client.send("x");
            assertThat(client.ends()).isFalse();
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
        }
    }

    @Test
    void endsWithTheDrain() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send("begin");
                    wire.readAll();
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            assertThat(client.read(5)).isEqualTo("begin");
            rig.drain(Duration.ofMillis(50));
            assertThat(client.ends()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(End.DRAIN);
        }
    }
}
