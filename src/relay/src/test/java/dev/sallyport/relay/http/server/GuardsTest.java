package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What broke other proxies, one test for each kind of it that no other test is about. */
class GuardsTest {
    @Test
    void anUndeclaredBodyIsNone() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(
                    "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n"
                            + "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.requests())
                    .extracting(Wire.Request::line)
                    .containsExactly("GET /1 HTTP/1.1", "GET /2 HTTP/1.1");
        }
    }

    @Test
    void hostConfusionIsSettledByTheTarget() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("GET http://one.example:81/x HTTP/1.1\r\nHost: two.example\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            Wire.Request request = origin.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /x HTTP/1.1");
            assertThat(request.field("host")).isEqualTo("one.example:81");
            assertThat(request.head()).doesNotContain("two.example");
            assertThat(rig.decision().host()).isEqualTo("one.example");
        }
    }

    @Test
    void hopByHopAbuseTakesNothingAwayThatWasSaidOfTheClient() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Basic eDp5\r\nCookie: a=b\r\nX-Own: 1\r\n"
                            + "Connection: Host, X-Forwarded-For, X-Forwarded-Proto, X-Real-IP, Forwarded, Via, Authorization,"
                            + " Cookie, x-own\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.requests().getFirst().fields())
                    .containsKeys(
                            "host",
                            "x-forwarded-for",
                            "x-forwarded-proto",
                            "forwarded",
                            "via",
                            "authorization",
                            "cookie")
                    .doesNotContainKey("x-own");
        }
    }

    @Test
    void aLookalikeOfAForwardingFieldStaysBehind() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 6.6.6.6\r\nX-Forwarded_Proto: https\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
            assertThat(origin.requests().getFirst().head())
                    .doesNotContain("6.6.6.6")
                    .doesNotContain("_");
        }
    }

    @Test
    void aSecondValueOfASingleFieldIsRefused() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start()) {
            for (String field : new String[] {"Authorization: Basic ", "Content-Type: text/", "Origin: http://"}) {
                try (Wire client = rig.connect()) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n" + field + "a\r\n" + field + "b\r\n\r\n");
                    assertThat(client.readResponse().status()).as(field).isEqualTo(400);
                }
            }
            assertThat(rig.faults("malformed_field_repeated")).isEqualTo(3);
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void credentialsAndBytesOfTheClientAreInNoAnswerAndNoRecord() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().forward().start()) {
            String secret = "c2VjcmV0OnNlY3JldA==";
            try (Wire client = rig.connect()) {
                client.send("GET http://" + origin.authority() + "/ HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic "
                        + secret + "\r\n\r\n");
                assertThat(client.readResponse().body()).isEqualTo("ok");
                assertThat(origin.requests().getFirst().head()).doesNotContain(secret);
                assertThat(rig.decision().toString()).doesNotContain(secret);
            }
            for (String request : new String[] {
                "GET http://127.0.0.1:1/" + secret + "?" + secret + " HTTP/1.1\r\nHost: " + secret,
                "GET /" + secret + " HTTP/1.1\r\nHost: a\r\nHost: " + secret
            }) {
                try (Wire client = rig.connect()) {
                    client.send(request + "\r\nProxy-Authorization: " + secret + "\r\nCookie: " + secret + "\r\n\r\n");
                    Wire.Response response = client.readResponse();
                    assertThat(response.status()).isGreaterThanOrEqualTo(400);
                    assertThat(response.head() + response.body()).doesNotContain(secret);
                }
            }
        }
    }

    @Test
    void noLineEndingGetsIntoAConnect() throws Exception {
        try (Rig rig = Rig.setup().forward().start()) {
            for (String target : new String[] {
                "a\r\nX: y:443",
                "a\n:443",
                "a%0d%0aX:443",
                "a\u0000:443",
                "a b:443",
                "a:443\r",
                "u@a:443",
                "a/b:443",
                "a:",
                "a"
            }) {
                try (Wire client = rig.connect()) {
                    client.send("CONNECT " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
                    assertThat(client.readResponse().status()).as(target).isEqualTo(400);
                }
            }
        }
    }

    /** After the client's half, RST is all that can come: it must be noticed, and only once. */
    @Test
    void aResetAfterAHalfCloseEndsWhatWaits() throws Exception {
        AtomicBoolean asked = new AtomicBoolean();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    asked.set(true);
                    wire.readAll();
                });
                Rig rig = Rig.setup().reverse(origin).start()) {
            Wire client = rig.connect();
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").endOutput();
            Await.until("the request arrives", asked::get);
            client.reset();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            Await.until("the origin is let go", () -> origin.open() == 0);
        }
    }

    @Test
    void aClientThatResetsWhileItsOriginStallsIsNoticed() throws Exception {
        AtomicBoolean asked = new AtomicBoolean();
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.readHead();
                    asked.set(true);
                    wire.readAll();
                });
                Rig rig = Rig.setup().reverse(origin).start()) {
            Wire client = rig.connect();
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Await.until("the request arrives", asked::get);
            client.reset();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            Await.until("the origin is let go", () -> origin.open() == 0);
        }
    }

    @Test
    void whatAClientNamesIsWrittenAsOneLine() throws Exception {
        try (Origin origin = Origin.saying("ok");
                Rig rig = Rig.setup().reverse(origin).start();
                Wire client = rig.connect()) {
            client.send("G\"T'%0A /\"},{%22x%22:1}%0d%0a%1b[31m?q HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(400);
            client.close();
            assertThat(rig.decision().path().toLowerCase(Locale.ROOT))
                    .doesNotContain("\r")
                    .doesNotContain("\n");
        }
    }
}
