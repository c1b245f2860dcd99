package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.Scheme;
import dev.sallyport.relay.http.TargetForm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private static RequestHead head(String text) {
        RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
        Progress progress = parser.parse(Unpooled.wrappedBuffer(Transcript.bytes(text)));
        assertThat(progress).as("%s", parser.fault()).isEqualTo(Progress.COMPLETE);
        return parser.head();
    }

    private static RequestHead with(String fields) {
        return head("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    }

    private static String text(Ascii ascii) {
        return Objects.requireNonNull(ascii).toString();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "GET, /, ORIGIN, -, h, -1, /, ''",
                "GET, /a/b?c=d?e, ORIGIN, -, h, -1, /a/b, c=d?e",
                "GET, /?, ORIGIN, -, h, -1, /, ''",
                "GET, //a/../b, ORIGIN, -, h, -1, //a/../b, ''",
                "GET, /a[]|{}?b[]={}|\\^`, ORIGIN, -, h, -1, /a[]|{}, b[]={}|\\^`",
                "GET, http://Ex.org, ABSOLUTE, HTTP, Ex.org, -1, /, ''",
                "GET, HTTP://ex.org?a=b, ABSOLUTE, HTTP, ex.org, -1, /, a=b",
                "GET, https://ex.org:8443/a?b, ABSOLUTE, HTTPS, ex.org, 8443, /a, b",
                "GET, http://[2001:db8::1]:81/, ABSOLUTE, HTTP, 2001:db8::1, 81, /, ''",
                "OPTIONS, *, ASTERISK, -, h, -1, *, ''",
                "OPTIONS, http://ex.org, ABSOLUTE, HTTP, ex.org, -1, *, ''",
                "OPTIONS, http://ex.org/, ABSOLUTE, HTTP, ex.org, -1, /, ''",
                "CONNECT, ex.org:443, AUTHORITY, -, ex.org, 443, '', ''",
                "CONNECT, [::ffff:192.0.2.1]:443, AUTHORITY, -, ::ffff:192.0.2.1, 443, '', ''",
            })
    void readsEachFormOfTarget(
            String method,
            String target,
            TargetForm form,
            Scheme scheme,
            String host,
            int port,
            String path,
            String query) {
        RequestHead head = head(method + " " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(head.method()).hasToString(method);
        assertThat(head.knownMethod()).isEqualTo(Method.valueOf(method));
        assertThat(head.target()).hasToString(target);
        assertThat(head.targetForm()).isEqualTo(form);
        assertThat(head.scheme()).isEqualTo(scheme);
        assertThat(head.host()).hasToString(host);
        assertThat(head.port()).isEqualTo(port);
        assertThat(head.path()).hasToString(path);
        assertThat(head.query()).hasToString(query);
        assertThat(head.hasQuery()).isEqualTo(target.contains("?"));
        assertThat(text(head.field("host"))).isEqualTo(text(head.authority()));
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, -1",
        "A.b-c_d.example., A.b-c_d.example., -1",
        "a:1, a, 1",
        "192.0.2.1:65535, 192.0.2.1, 65535",
        "[::], ::, -1",
        "[1:2:3:4:5:6:7:8], 1:2:3:4:5:6:7:8, -1",
        "[1::8]:80, 1::8, 80",
        "[1:2:3:4:5:6:7::], 1:2:3:4:5:6:7::, -1",
        "[::2:3:4:5:6:7:8], ::2:3:4:5:6:7:8, -1",
        "[64:ff9b::192.0.2.33], 64:ff9b::192.0.2.33, -1",
        "[1:2:3:4:5:6:1.2.3.4], 1:2:3:4:5:6:1.2.3.4, -1",
        "1a, 1a, -1",
        "0xg, 0xg, -1",
    })
    void readsHost(String value, String host, int port) {
        RequestHead head = head("GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n");
        assertThat(head.host()).hasToString(host);
        assertThat(head.port()).isEqualTo(port);
        assertThat(head.authority()).hasToString(value);
    }

    @Test
    void hostMayBeMissingInVersion10AndEmptyWhereTheTargetTells() {
        assertThat(head("GET / HTTP/1.0\r\n\r\n").host()).hasToString("");
        assertThat(head("GET http://b/ HTTP/1.1\r\nHost:\r\n\r\n").host()).hasToString("b");
        assertThat(head("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n").host()).hasToString("");
    }

    @Test
    void theAuthorityOfTheTargetWinsOverHost() {
        RequestHead head = head("GET http://b:81/ HTTP/1.1\r\nHost: a:80\r\n\r\n");
        assertThat(head.host()).hasToString("b");
        assertThat(head.port()).isEqualTo(81);
        assertThat(text(head.field("host"))).isEqualTo("b:81");
        assertThat(text(head.field(FieldName.HOST))).isEqualTo("b:81");
    }

    @Test
    void findsFieldsByNameWhateverTheirCase() {
        RequestHead head =
                with("x-OTHER:1\r\nX-Other:\t 2\t\r\nuser-AGENT: c\u00e9 \t d\r\nEmpty:\r\nA!#$%&'*+-.^_`|~9: z\r\n");
        assertThat(text(head.field("x-other"))).isEqualTo("1, 2");
        assertThat(head.field("x-other")).isSameAs(head.field("x-other"));
        assertThat(text(head.field(FieldName.USER_AGENT))).isEqualTo("c\u00e9 \t d");
        assertThat(text(head.field("empty"))).isEmpty();
        assertThat(text(head.field("a!#$%&'*+-.^_`|~9"))).isEqualTo("z");
        assertThat(head.field("x-othe")).isNull();
        assertThat(head.field(FieldName.COOKIE)).isNull();
        assertThat(head.field("")).isNull();
        assertThat(Transcript.fields(head))
                .containsExactly(
                        "Host: a",
                        "x-OTHER: 1",
                        "X-Other: 2",
                        "user-AGENT: c\u00e9 \t d",
                        "Empty: ",
                        "A!#$%&'*+-.^_`|~9: z");
    }

    @Test
    void tellsLinesOfOneFieldApart() {
        RequestHead head = with("Via: 1\r\nCookie: c\r\nVIA: 2\r\n");
        int first = head.first(FieldName.VIA);
        int second = head.next(FieldName.VIA, first);
        assertThat(head.value(first)).hasToString("1");
        assertThat(head.value(second)).hasToString("2");
        assertThat(head.next(FieldName.VIA, second)).isEqualTo(-1);
        assertThat(head.count(FieldName.VIA)).isEqualTo(2);
        assertThat(head.count(FieldName.TE)).isZero();
        assertThat(text(head.field("via"))).isEqualTo("1, 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 |                              | true",
                "HTTP/1.1 | Connection: close            | false",
                "HTTP/1.1 | Connection: x , CLOSE        | false",
                "HTTP/1.1 | Connection: keep-alive,close | false",
                "HTTP/1.1 | Connection: closed           | true",
                "HTTP/1.1 | Proxy-Connection: close      | true",
                "HTTP/1.0 |                              | false",
                "HTTP/1.0 | Connection: Keep-Alive       | true",
                "HTTP/1.0 | Connection: keep-alive,close | false",
                "HTTP/1.0 | Proxy-Connection: keep-alive | false",
            })
    void saysWhetherTheConnectionStaysOpen(String version, String field, boolean persistent) {
        String line = field == null ? "" : field + "\r\n";
        assertThat(head("GET / " + version + "\r\nHost: a\r\n" + line + "\r\n").persistent())
                .isEqualTo(persistent);
    }

    @Test
    void anOldClientOfAForwardProxyIsNotKept() {
        assertThat(head("GET http://a/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                        .persistent())
                .isFalse();
    }

    @Test
    void decidesFramingOnce() {
        assertThat(with("").framing()).isEqualTo(Framing.NONE);
        assertThat(with("Content-Length: 0\r\n").framing()).isEqualTo(Framing.LENGTH);
        assertThat(with("Content-Length: 9223372036854775807\r\n").contentLength())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(with("Content-Length: 0005\r\n").contentLength()).isEqualTo(5);
        assertThat(with("Transfer-Encoding: ChunkeD \r\n").framing()).isEqualTo(Framing.CHUNKED);
        assertThat(with("Transfer-Encodin: chunked\r\n").framing()).isEqualTo(Framing.NONE);
    }

    @Test
    void expectsContinueOnlyWithABodyToCome() {
        assertThat(with("Expect: 100-Continue\r\nContent-Length: 5\r\n").expects100Continue())
                .isTrue();
        assertThat(with("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")
                        .expects100Continue())
                .isTrue();
        assertThat(with("Expect: 100-continue\r\n").expects100Continue()).isFalse();
        assertThat(with("Expect: 100-continue\r\nContent-Length: 0\r\n").expects100Continue())
                .isFalse();
        assertThat(head("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                        .expects100Continue())
                .isFalse();
    }

    @Test
    void upgradesOnlyWhenConnectionSaysSo() {
        RequestHead head = with("Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n");
        assertThat(text(head.upgrade())).isEqualTo("h2c, WebSocket");
        assertThat(with("Upgrade: websocket\r\n").upgrade()).isNull();
        assertThat(head("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
                        .upgrade())
                .isNull();
    }

    @Test
    void whatConnectionListsIsNotSeenUnlessItIsEndToEnd() {
        RequestHead head = with(
                "Connection: X-Hop, x-forwarded-for, X-Forwarded-Secret, host, Authorization, cookie, content-length\r\n"
                        + "x-hop: 1\r\nX-Hop: 2\r\nX-Hope: 3\r\nX-Forwarded-For: 4\r\nx-forwarded-secret: 5\r\n"
                        + "Authorization: 6\r\nCookie: 7\r\nContent-Length: 8\r\n");
        assertThat(head.field("x-hop")).isNull();
        assertThat(text(head.field("x-hope"))).isEqualTo("3");
        assertThat(text(head.field("x-forwarded-for"))).isEqualTo("4");
        assertThat(text(head.field("x-forwarded-secret"))).isEqualTo("5");
        assertThat(text(head.field("authorization"))).isEqualTo("6");
        assertThat(text(head.field("cookie"))).isEqualTo("7");
        assertThat(head.contentLength()).isEqualTo(8);
        assertThat(text(head.field("host"))).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"})
    void knowsMethodsByTheirExactName(String method) {
        assertThat(head(method + " / HTTP/1.1\r\nHost: a\r\n\r\n").knownMethod())
                .isEqualTo(Method.valueOf(method));
        for (String other : List.of(
                method.toLowerCase(Locale.ROOT),
                method + "X",
                method.replace('T', 'Z').replace('E', 'F'))) {
            assertThat(head(other + " / HTTP/1.1\r\nHost: a\r\n\r\n").knownMethod())
                    .isEqualTo(Method.OTHER);
        }
    }

    @Test
    void readsPipelinedRequestsWithBodiesHoweverTheyAreCut() {
        String text = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                + "\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "PUT /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;a=\"b;c\"\r\nhello\r\n00A\r\n, dear\r\n.\r\r\n0;x\r\nA: b\r\n\r\n"
                + "GET /4 HTTP/1.0\r\n\r\nGET";
        Transcript transcript = Transcript.ofAnyCut(text);
        assertThat(transcript.fault()).isNull();
        assertThat(transcript.inMessage()).isTrue();
        assertThat(transcript.messages())
                .extracting(Transcript.Message::target)
                .containsExactly("/1", "/2", "/3", "/4");
        assertThat(transcript.messages())
                .extracting(Transcript.Message::body)
                .containsExactly("hello", "", "hello, dear\r\n.\r", "");
    }

    @Test
    void aBodyExistsOnlyByDeclaredFraming() {
        String text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
                + "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\nGET /8 HTTP/1.1\r\nHost: a\r\n\r\n";
        assertThat(Transcript.ofAnyCut(text).messages())
                .extracting(Transcript.Message::target)
                .containsExactly("/", "/8");
    }

    @Test
    void leavesWhatFollowsTheHeadInTheBuffer() {
        RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
        String head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        ByteBuf in = Unpooled.wrappedBuffer(Transcript.bytes(head + "x".repeat(5000)));
        assertThat(parser.parse(in)).isEqualTo(Progress.COMPLETE);
        assertThat(in.readerIndex()).isEqualTo(head.length());
        assertThat(parser.parse(in)).isEqualTo(Progress.COMPLETE);
        assertThat(in.readerIndex()).isEqualTo(head.length());
    }

    @Test
    void saysWhetherAHeadHasBegun() {
        RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
        assertThat(parser.started()).isFalse();
        parser.parse(Unpooled.wrappedBuffer(Transcript.bytes("G")));
        assertThat(parser.started()).isTrue();
        parser.reset();
        assertThat(parser.started()).isFalse();
    }

    @Test
    void aHeadThatGrewLargeIsReadLikeAnyOther() {
        String value = "v".repeat(30_000);
        RequestHead head = with("A: " + value + "\r\n" + "B: c\r\n".repeat(98));
        assertThat(text(head.field("a"))).isEqualTo(value);
        assertThat(head.fields()).isEqualTo(100);
        assertThat(text(head.field("b"))).isEqualTo("c, ".repeat(97) + "c");
    }
}
