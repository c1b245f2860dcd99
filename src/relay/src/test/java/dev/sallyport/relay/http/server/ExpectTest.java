package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Clients that wait for 100 before they send, and origins that answer before they were sent all. */
class ExpectTest {
    private static final String WAITING =
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Test
    void theOriginSaysWhetherToGoOn() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    for (int i = 0; i < 2; i++) {
                        assertThat(wire.readHead()).contains("\r\nExpect: 100-continue\r\n");
                        wire.send("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + CONTINUE + CONTINUE);
                        assertThat(wire.read(4)).isEqualTo("body");
                        wire.send(OK);
                    }
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send(WAITING);
                assertThat(client.readHead()).startsWith("HTTP/1.1 103 ");
                assertThat(client.readHead()).isEqualTo(CONTINUE);
                client.send("body");
                assertThat(client.readResponse().body()).isEqualTo("ok");
            }
            assertThat(origin.accepted()).isOne();
        }
    }

    @Test
    void anOriginThatIsSilentDoesNotKeepTheClientWaiting() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readRequest();
                    wire.send(OK);
                    wire.readAll();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(WAITING);
            assertThat(client.readHead()).isEqualTo(CONTINUE);
            client.send("body");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            client.send(WAITING);
            assertThat(client.readHead()).isEqualTo(CONTINUE);
            client.send("body");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.accepted())
                    .as("an origin that did not say 100 may have read the body as a request")
                    .isEqualTo(2);
        }
    }

    @Test
    void anAnswerBeforeTheBodyGoesOut() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    assertThat(wire.readHead()).contains("Expect: 100-continue");
                    wire.send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno");
                    assertThat(wire.readAll()).isEmpty();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(WAITING);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
            RecordedDecision decision = rig.decision();
            assertThat(decision.status()).isEqualTo(401);
            assertThat(decision.requestBytes()).isZero();
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void aClientThatSendsAtOnceDoesNotWait() throws Exception {
        try (Origin origin = Origin.saying("done");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(WAITING + "body");
            assertThat(client.readResponse().body()).isEqualTo("done");
            client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            client.send("body");
            assertThat(client.readResponse().body()).isEqualTo("done");
            assertThat(origin.requests()).hasSize(2).allSatisfy(request -> {
                assertThat(request.fields()).doesNotContainKey("expect");
                assertThat(request.body()).isEqualTo("body");
            });
        }
    }

    @Test
    void aClientThatWaitsIsAnsweredWhenThereIsNobodyToSendTo() throws Exception {
        try (Rig rig = Rig.setup().reverse().start();
                Wire client = rig.connect()) {
            client.send(WAITING);
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("proxy-status")).contains("error=destination_unavailable");
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void aClientThatIsStillSendingReadsTheAnswerAllTheSame() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    wire.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
                    answered.countDown();
                });
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            answered.await();
            String chunk = "100000\r\n" + "x".repeat(1 << 20) + "\r\n";
            for (int i = 0; i < 7; i++) {
                client.send(chunk);
            }
            Wire.Response response = client.readResponse();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).isEqualTo("big");
            assertThat(client.ends()).isTrue();
        }
    }
}
