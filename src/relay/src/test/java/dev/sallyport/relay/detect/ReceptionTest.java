package dev.sallyport.relay.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections without TLS until somebody serves them. */
class ReceptionTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @Test
    void knowsHttp2ByItsPreface() {
        for (int i = 0; i < PREFACE.length(); i++) {
            assertThat(speech(PREFACE.substring(0, i))).isEqualTo(Speech.UNDECIDED);
            assertThat(speech(PREFACE.substring(0, i) + "~")).isEqualTo(Speech.HTTP1);
        }
        assertThat(speech(PREFACE)).isEqualTo(Speech.HTTP2);
        assertThat(speech(PREFACE + "\0\0")).isEqualTo(Speech.HTTP2);
        assertThat(speech("GET")).isEqualTo(Speech.HTTP1);
    }

    private static Speech speech(String text) {
        return Speech.of(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @EnumSource
    void servesARequestThatComesByteForByte(Transport transport) throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            for (char c : "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.requests().getFirst().line()).isEqualTo("PROPFIND / HTTP/1.1");
        }
    }

    @Test
    void answersAClientThatEndsInTheMiddleOfItsFirstWord() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("PR").endOutput();
            assertThat(client.ends()).isTrue();
            Await.until("nothing is open", () -> active(rig) == 0);
        }
    }

    @Test
    void countsAClientThatDoesNotSayWhatItSpeaks() throws Exception {
        UnaryOperator<ClientLimits> limits = usual -> new ClientLimits(
                usual.headerBytes(), usual.requestBodyBytes(), Duration.ofMillis(200), usual.idleTimeout());
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(limits, origin).start();
                Wire client = rig.connect()) {
            client.send("PRI");
            client.ends();
            assertThat(rig.metrics().text())
                    .contains("sallyport_client_faults_total{role=\"reverse\",fault=\"head_timeout\"} 1");
            Await.until("nothing is open", () -> active(rig) == 0);
        }
    }

    private static long active(Rig rig) {
        return rig.metrics()
                .text()
                .lines()
                .filter(line -> line.startsWith("sallyport_connections_active{role=\"reverse\"}"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
