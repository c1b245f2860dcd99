package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadWriterTest {
    private final ByteBuf out = Unpooled.buffer();

    private String written() {
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.clear();
        return text;
    }

    private static RequestHead request(String text) {
        RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
        assertThat(parser.parse(Unpooled.wrappedBuffer(Transcript.bytes(text))))
                .as("%s", parser.fault())
                .isEqualTo(Progress.COMPLETE);
        return parser.head();
    }

    private static ResponseHead response(Method method, String text) {
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        parser.answers(method);
        assertThat(parser.parse(Unpooled.wrappedBuffer(Transcript.bytes(text))))
                .as("%s", parser.fault())
                .isEqualTo(Progress.COMPLETE);
        return parser.head();
    }

    private String forwarded(RequestHead head, FieldSet dropped) {
        HeadWriter.requestLine(out, head);
        HeadWriter.fields(out, head, dropped);
        HeadWriter.framing(out, head);
        HeadWriter.end(out);
        return written();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /a/../b?c=%41 HTTP/1.1      | GET /a/../b?c=%41 HTTP/1.1",
                "GET /? HTTP/1.1                 | GET /? HTTP/1.1",
                "GET http://h/a?b HTTP/1.1       | GET /a?b HTTP/1.1",
                "GET http://h?b HTTP/1.1         | GET /?b HTTP/1.1",
                "GET http://h HTTP/1.0           | GET / HTTP/1.1",
                "OPTIONS http://h HTTP/1.1       | OPTIONS * HTTP/1.1",
                "OPTIONS * HTTP/1.1              | OPTIONS * HTTP/1.1",
                "CONNECT h:443 HTTP/1.1          | CONNECT h:443 HTTP/1.1",
                "X-Y /a HTTP/1.0                 | X-Y /a HTTP/1.1",
            })
    void theRequestLineIsAsToAnOrigin(String line, String expected) {
        HeadWriter.requestLine(out, request(line + "\r\nHost: h\r\n\r\n"));
        assertThat(written()).isEqualTo(expected + "\r\n");
    }

    @Test
    void aNormalizedPathIsWhatGoesOn() {
        RequestHead head = request("GET /a/%2e%2e/%62?c=/../d HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(head.normalizePath()).isNull();
        assertThat(head.path()).hasToString("/b");
        HeadWriter.requestLine(out, head);
        assertThat(written()).isEqualTo("GET /b?c=/../d HTTP/1.1\r\n");
        assertThat(request("GET /a%2f HTTP/1.1\r\nHost: h\r\n\r\n").normalizePath())
                .isEqualTo(Fault.PATH);
        assertThat(request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").normalizePath())
                .isNull();
        assertThat(request("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n").normalizePath())
                .isNull();
    }

    @Test
    void anotherTargetMayBeGiven() {
        RequestHead head = request("GET http://h:80/a HTTP/1.1\r\nHost: h\r\n\r\n");
        HeadWriter.requestLine(out, head, head.target());
        HeadWriter.requestLine(out, head, Ascii.of("/rewritten"));
        assertThat(written()).isEqualTo("GET http://h:80/a HTTP/1.1\r\nGET /rewritten HTTP/1.1\r\n");
    }

    @Test
    void whatStandsForOneConnectionStaysBehind() {
        RequestHead head =
                request("POST / HTTP/1.1\r\nA: 1\r\nHost: h\r\nConnection: x-hop, close\r\nB:2\r\nX-HOP: 3\r\n"
                        + "Keep-Alive: 4\r\nProxy-Connection: 5\r\nProxy-Authorization: 6\r\nTE: 7\r\nTrailer: 8\r\n"
                        + "Upgrade: 9\r\nHTTP2-Settings: 10\r\nContent-Length: 007\r\nC: \t 11 \r\nConnection: y-hop\r\ny-hop: 12\r\n"
                        + "Proxy-Authenticate: 13\r\nTransfer-Encodings: 14\r\n\r\n");
        assertThat(forwarded(head, FieldSet.NONE))
                .isEqualTo(
                        "POST / HTTP/1.1\r\nA: 1\r\nHost: h\r\nB:2\r\nC: \t 11 \r\nTransfer-Encodings: 14\r\nContent-Length: 7\r\n\r\n");
    }

    @Test
    void connectionTakesNothingAwayThatIsEndToEnd() {
        String fields = "Host: h\r\nX-Forwarded-For: 1\r\nForwarded: for=2\r\nAuthorization: 3\r\nCookie: 4\r\n"
                + "Content-Type: a/b\r\nX-Forwarded-Tenant: 5\r\nX-Real-IP: 6\r\n";
        RequestHead head = request(
                "POST / HTTP/1.1\r\nConnection: host, x-forwarded-for, forwarded, authorization, cookie, content-type,"
                        + " content-length, x-forwarded-tenant, x-real-ip, connection\r\n" + fields
                        + "Content-Length: 5\r\n\r\n");
        assertThat(forwarded(head, FieldSet.NONE))
                .isEqualTo("POST / HTTP/1.1\r\n" + fields + "Content-Length: 5\r\n\r\n");
    }

    @Test
    void whatOnlyLooksLikeAKnownFieldStaysBehind() {
        RequestHead head = request(
                "POST / HTTP/1.1\r\nHost: h\r\nX_Forwarded_For: 1\r\nx-forwarded_for: 2\r\nContent_Length: 3\r\n"
                        + "TRANSFER_ENCODING: chunked\r\nX_Other: 4\r\n_: 5\r\nProxy_Authentication_Info_: 6\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.field("x_forwarded_for")).isNull();
        assertThat(head.field("x-forwarded-for")).isNull();
        assertThat(head.field("x_other")).hasToString("4");
        assertThat(forwarded(head, FieldSet.NONE))
                .isEqualTo("POST / HTTP/1.1\r\nHost: h\r\nX_Other: 4\r\n_: 5\r\nProxy_Authentication_Info_: 6\r\n\r\n");
    }

    @Test
    void theCallerDropsMore() {
        RequestHead head = request("GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nCookie: 2\r\nX-a: 3\r\nX-Ab: 4\r\n\r\n");
        FieldSet dropped = FieldSet.ofNames(List.of("x-A", "COOKIE"));
        assertThat(forwarded(head, dropped)).isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX-Ab: 4\r\n\r\n");
        assertThat(forwarded(head, dropped.with(FieldSet.of(FieldName.HOST)).with(FieldName.VIA)))
                .isEqualTo("GET / HTTP/1.1\r\nX-Ab: 4\r\n\r\n");
        assertThat(dropped.contains(FieldName.COOKIE)).isTrue();
        assertThat(dropped.contains(FieldName.HOST)).isFalse();
    }

    @Test
    void theAuthorityOfTheTargetBecomesHost() {
        RequestHead head = request("GET http://B:81/ HTTP/1.1\r\nA: 1\r\nHost: a\r\nC: 2\r\n\r\n");
        assertThat(forwarded(head, FieldSet.NONE)).isEqualTo("GET / HTTP/1.1\r\nHost: B:81\r\nA: 1\r\nC: 2\r\n\r\n");
        assertThat(forwarded(head, FieldSet.of(FieldName.HOST))).isEqualTo("GET / HTTP/1.1\r\nA: 1\r\nC: 2\r\n\r\n");
    }

    @Test
    void framingIsWrittenAnew() {
        assertThat(forwarded(
                        request("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:  CHUNKED\r\n\r\n"), FieldSet.NONE))
                .isEqualTo("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        HeadWriter.framing(out, Framing.LENGTH, 0);
        HeadWriter.framing(out, Framing.LENGTH, 10);
        HeadWriter.framing(out, Framing.LENGTH, Long.MAX_VALUE);
        HeadWriter.framing(out, Framing.NONE, 5);
        HeadWriter.framing(out, Framing.UNTIL_CLOSE, 5);
        assertThat(written())
                .isEqualTo("Content-Length: 0\r\nContent-Length: 10\r\nContent-Length: 9223372036854775807\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, Content-Length: 5",
        "HEAD, 200, Content-Length: 5",
        "GET, 304, Content-Length: 5",
        "GET, 204, ''",
        "CONNECT, 200, ''",
    })
    void lengthThatTellsOfAnotherResponseGoesOn(Method method, int status, String framing) {
        ResponseHead head = response(method, "HTTP/1.1 " + status + " \r\nContent-Length: 5\r\n\r\n");
        HeadWriter.framing(out, head);
        assertThat(written()).isEqualTo(framing.isEmpty() ? "" : framing + "\r\n");
    }

    @Test
    void writesResponses() {
        ResponseHead head = response(
                Method.GET,
                "HTTP/1.0 404 Nö\r\nServer: s\r\nConnection: x\r\nX: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n");
        HeadWriter.statusLine(out, head);
        HeadWriter.fields(out, head, FieldSet.of(FieldName.SERVER));
        HeadWriter.framing(out, Framing.CHUNKED, -1);
        HeadWriter.close(out);
        HeadWriter.keepAlive(out);
        HeadWriter.end(out);
        assertThat(written())
                .isEqualTo("HTTP/1.1 404 Nö\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nTransfer-Encoding: chunked\r\n"
                        + "Connection: close\r\nConnection: keep-alive\r\n\r\n");
        HeadWriter.statusLine(out, 502);
        HeadWriter.statusLine(out, 999);
        HeadWriter.statusLine(out, 100);
        assertThat(written()).isEqualTo("HTTP/1.1 502 Bad Gateway\r\nHTTP/1.1 999 \r\nHTTP/1.1 100 Continue\r\n");
    }

    @Test
    void anUpgradeGoesOnWhenAsked() {
        RequestHead head =
                request("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, upgrade\r\n\r\n");
        HeadWriter.connection(out, head, true);
        assertThat(written()).isEqualTo("Connection: upgrade\r\nUpgrade: websocket\r\n");
        HeadWriter.connection(out, request("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"), true);
        assertThat(written()).isEmpty();
    }

    @Test
    void noFieldOfOurOwnCanHoldALineEnding() {
        HeadWriter.field(out, FieldName.VIA, Ascii.of("1.1 relay"));
        assertThat(written()).isEqualTo("Via: 1.1 relay\r\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeadWriter.field(out, FieldName.VIA, Ascii.of("a\r\nb: c")));
    }
}
