package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every request here is refused, with its own fault, however its bytes are cut. */
class BadRequestTest {
    static final Map<String, Fault> BAD = new LinkedHashMap<>();

    private static void bad(Fault fault, String... requests) {
        for (String request : requests) {
            if (BAD.put(request, fault) != null) {
                throw new IllegalStateException("listed twice: " + request);
            }
        }
    }

    private static void badLine(Fault fault, String... lines) {
        for (String line : lines) {
            bad(fault, line + "\r\nHost: a\r\n\r\n");
        }
    }

    private static void badTarget(Fault fault, String... targets) {
        for (String target : targets) {
            badLine(fault, "GET " + target + " HTTP/1.1");
        }
    }

    private static void badFields(Fault fault, String... fields) {
        for (String field : fields) {
            bad(fault, "POST / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
        }
    }

    private static void badHost(String... hosts) {
        for (String host : hosts) {
            bad(Fault.HOST, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        }
    }

    private static void badBody(Fault fault, String... bodies) {
        for (String body : bodies) {
            bad(fault, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        }
    }

    static {
        // Request line: single spaces, a token, a version of ours.
        badLine(
                Fault.REQUEST_LINE,
                "GET /",
                "GET",
                "GET  / HTTP/1.1",
                "GET /  HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET\t/\tHTTP/1.1",
                "GET /\u000BHTTP/1.1",
                "GET / http/1.1",
                "GET / HTTP/1",
                "GET / HTTP/11",
                "GET / HTTP/1.11",
                "GET / HTTP/1.x",
                "GET / HTTP/x.1",
                "GET / HTTP/+1.1",
                "GET / HTTPS/1.1",
                "GET /a b HTTP/1.1");
        badLine(Fault.NOT_HTTP, "INVALID CONNECTION PREFACE", "GET / 1.1", "\u0016\u0003\u0001 a b");
        badLine(
                Fault.VERSION,
                "GET / HTTP/1.9",
                "GET / HTTP/2.0",
                "GET / HTTP/0.9",
                "GET / HTTP/1.2",
                "PRI * HTTP/2.0");
        badLine(Fault.METHOD, "G@T / HTTP/1.1", "G\u0000T / HTTP/1.1");
        badLine(Fault.METHOD, "GET\u000B / HTTP/1.1", "G\u00c9T / HTTP/1.1", "GET: / HTTP/1.1", " / HTTP/1.1");
        bad(Fault.REQUEST_LINE, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

        // Line endings.
        bad(
                Fault.LINE_ENDING,
                "GET / HTTP/1.1\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\n",
                "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        bad(Fault.REQUEST_LINE, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n");
        bad(
                Fault.FIELD_VALUE,
                "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
                "GET / HTTP/1.1\r\nA: b\rC: d\r\nHost: a\r\n\r\n");
        bad(Fault.FIELD_NAME, "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n");

        // Targets.
        badTarget(
                Fault.TARGET,
                "",
                "/#f",
                "/a#",
                "/\u0000",
                "/\u0001",
                "/\u007f",
                "/\u00e9",
                "/\"",
                "/<a>",
                "/a\\b",
                "/%",
                "/%4",
                "/%4g",
                "/%%41",
                "/?%zz",
                "/?a\u0000",
                "/?\u00e9",
                "/?#",
                "a",
                "http:/a",
                "http:a/",
                "http:");
        badTarget(
                Fault.TARGET_AUTHORITY,
                "http://",
                "http:///a",
                "http://a:/",
                "http://a:0/",
                "http://a:65536/",
                "http://a:x/",
                "http://a,b/",
                "http://a%2fb/",
                "http://a\\b/",
                "http://[::1/",
                "http://[::g]/",
                "http://a#b/");
        badTarget(Fault.TARGET_SCHEME, "ftp://a/", "file:///etc/passwd", "ws://a/", "a:80", "httpx://a/");
        badTarget(Fault.TARGET_USER, "http://u@a/", "http://u:p@a/", "http://a:80@b/");
        badTarget(Fault.TARGET_FORM, "*");
        badLine(Fault.TARGET_FORM, "CONNECT / HTTP/1.1", "CONNECT * HTTP/1.1", "POST * HTTP/1.1");
        badLine(
                Fault.TARGET_AUTHORITY,
                "CONNECT a HTTP/1.1",
                "CONNECT a: HTTP/1.1",
                "CONNECT http://a:80/ HTTP/1.1",
                "CONNECT a:80/ HTTP/1.1",
                "CONNECT u@a:80 HTTP/1.1",
                "CONNECT a:80:80 HTTP/1.1",
                "CONNECT ::1:80 HTTP/1.1",
                "CONNECT a\u0000b:80 HTTP/1.1",
                "CONNECT 127.1:80 HTTP/1.1",
                "CONNECT 2130706433:80 HTTP/1.1",
                "CONNECT 0x7f000001:80 HTTP/1.1",
                "CONNECT 0177.0.0.1:80 HTTP/1.1");

        // Field lines.
        badFields(
                Fault.FIELD_NAME,
                "A : b",
                "A\t: b",
                ": b",
                "A",
                "A b: c",
                "A\u0000: b",
                "\u00e9: b",
                "A(: b",
                "\"A\": b",
                "\u000B: b",
                "A\u000B: b");
        badFields(Fault.FIELD_FOLDED, "A: b\r\n c: d", "A: b\r\n\tc", " A: b", "A: b\r\n ");
        bad(Fault.FIELD_FOLDED, "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n");
        badFields(
                Fault.FIELD_VALUE,
                "A: b\u0000c",
                "A: \u0001",
                "A: b\u007f",
                "A: 12345678\u000Bb",
                "A: 1234567890\u001f34567890",
                "A: \u000Cb");

        // Host: exactly one, and one that all read alike.
        bad(
                Fault.HOST_MISSING,
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nX-Host: a\r\n\r\n",
                "GET http://a/ HTTP/1.1\r\n\r\n",
                "CONNECT a:80 HTTP/1.1\r\n\r\n");
        bad(
                Fault.HOST_REPEATED,
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
        badHost(
                "",
                "a,b",
                "a, b",
                "a b",
                "u@a",
                "a/b",
                "a:",
                "a:x",
                "a:-1",
                "a:+80",
                "a:080",
                "a:0",
                "a:65536",
                "a:99999999999",
                "a:80:80",
                ":80",
                "a..b",
                ".a",
                ".",
                "a%00b",
                "a%41",
                "http://a",
                "a?b",
                "a#b",
                "[::1",
                "::1",
                "[]",
                "[:::]",
                "[1::2::3]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1:2:3:4:5:6:7::8]x",
                "[::1%25eth0]",
                "[::1]a",
                "[12345::]",
                "[::1.2.3]",
                "[::256.1.1.1]",
                "[::ffff:1.2.3.4:5]",
                "[v1.a]",
                "127.1",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.4.",
                "1.2.3.0x4",
                "0x7f.1",
                "a.0x",
                "2130706433",
                "\u00e9",
                "a".repeat(255));
        bad(Fault.HOST, "GET http://a/ HTTP/1.1\r\nHost: a,b\r\n\r\n");
        bad(Fault.HOST, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n");

        // Framing: one, and one that all read alike.
        badFields(
                Fault.CONTENT_LENGTH,
                "Content-Length:",
                "Content-Length: +5",
                "Content-Length: -5",
                "Content-Length: 5, 5",
                "Content-Length: 5,5",
                "Content-Length: 5 5",
                "Content-Length: 0x5",
                "Content-Length: 5;",
                "Content-Length: 5.0",
                "Content-Length: \u0665",
                "Content-Length: five",
                "Content-Length: 9223372036854775808",
                "Content-Length: 18446744073709551621",
                "Content-Length: 99999999999999999999999999");
        badFields(
                Fault.CONTENT_LENGTH_REPEATED,
                "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: 5\r\ncontent-length: 6",
                "Content-Length: 0\r\nContent-Length: 5");
        badFields(
                Fault.LENGTH_AND_CODING,
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked\r\nContent-Length: 0",
                "Transfer-Encoding: identity\r\nContent-Length: 5",
                "Transfer-Encoding:\r\nContent-Length: 5");
        badFields(
                Fault.TRANSFER_CODING,
                "Transfer-Encoding:",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: chunked, gzip",
                "Transfer-Encoding: chunked,",
                "Transfer-Encoding: , chunked",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunkedx",
                "Transfer-Encoding: chunked chunked",
                "Transfer-Encoding: chun\u212aed",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
                "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked, gzip, chunked");
        badFields(
                Fault.TRANSFER_CODING_UNSUPPORTED,
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: GZip , deflate,Chunked",
                "Transfer-Encoding: x-compress, chunked");
        bad(
                Fault.TRANSFER_CODING_IN_1_0,
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: gzip\r\n\r\n");
        bad(
                Fault.CONNECT_BODY,
                "CONNECT a:80 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
                "CONNECT a:80 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

        // Other fields that must mean one thing.
        badFields(
                Fault.EXPECTATION,
                "Expect: 200-ok",
                "Expect:",
                "Expect: 100-continue, other",
                "Expect: 100-continue;q=1",
                "Expect: y 100-continue");
        badFields(
                Fault.FIELD_REPEATED,
                "Expect: 100-continue\r\nExpect: 100-continue",
                "Authorization: a\r\nAuthorization: b",
                "Proxy-Authorization: a\r\nproxy-authorization: a",
                "Content-Type: a/b\r\nContent-Type: a/c",
                "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: a");
        badFields(
                Fault.CONNECTION,
                "Connection: a b",
                "Connection: \"close\"",
                "Connection: close; keep-alive",
                "Connection: " + "a,".repeat(33),
                "Connection: a\r\n".repeat(33) + "A: b");

        // Chunks.
        badBody(
                Fault.CHUNK_SIZE,
                "\r\n",
                " 5\r\n",
                "5 \r\nhello",
                "5\t\r\nhello",
                "+5\r\n",
                "-5\r\n",
                "0x5\r\n",
                "5g\r\n",
                "g\r\n",
                ";a\r\n",
                "5,5\r\n",
                "5\u0000\r\n",
                "8000000000000000\r\n",
                "ffffffffffffffff\r\n",
                "00000000000000005\r\nhello",
                "10000000000000000\r\n",
                "100000000000000000000000000000005\r\nhello",
                "1\r\na\r\n7fffffffffffffff\r\n",
                "5\r\nhello\r\n\r\n0\r\n\r\n",
                "5\r\nhello\r\n 0\r\n\r\n");
        badBody(
                Fault.LINE_ENDING,
                "5\nhello\r\n0\r\n\r\n",
                "5\rhello\r\n",
                "5;a\r hello",
                "0\n\r\n",
                "5\r\rhello",
                "0\r\n\n");
        badBody(
                Fault.CHUNK_END,
                "5\r\nhelloo\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\r0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello\r\r\n0\r\n\r\n");
        badBody(
                Fault.CHUNK_EXTENSION,
                "5;a\nhello\r\n0\r\n\r\n",
                "5;a=\"\n\"\r\nhello",
                "5;\u0000\r\nhello",
                "5;a=\u007f\r\nhello",
                "5;\r\nhello",
                "5;;a\r\nhello",
                "5; a\r\nhello",
                "5;a \r\nhello",
                "5;a=\r\nhello",
                "5;=b\r\nhello",
                "5;a=b=c\r\nhello",
                "5;a=b\"c\"\r\nhello",
                "5;a=\"b\r\nhello",
                "5;a=\"b\\\r\n\"\r\nhello",
                "5;a=\"b\"c\r\nhello",
                "5;\u00e9\r\nhello",
                "0;a\n\r\n");
        badBody(Fault.CHUNK_EXTENSIONS_TOO_LARGE, "5;" + "a".repeat(5000), "0;" + "a".repeat(4097) + "\r\n\r\n");
        badBody(Fault.FIELD_NAME, "0\r\nA : b\r\n\r\n", "0\r\nGET / HTTP/1.1\r\n\r\n", "0\r\n\r\r\n");
        badBody(Fault.FIELD_FOLDED, "0\r\n A: b\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n");
        badBody(Fault.FIELD_VALUE, "0\r\nA: \u0000\r\n\r\n");
        badBody(Fault.TOO_MANY_FIELDS, "0\r\n" + "A: b\r\n".repeat(33) + "\r\n");
        badBody(Fault.HEAD_TOO_LARGE, "0\r\nA: " + "b".repeat(8 << 10) + "\r\n\r\n");
    }

    @TestFactory
    Iterable<DynamicTest> eachIsRefusedHoweverItIsCut() {
        return BAD.entrySet().stream()
                .map(bad -> DynamicTest.dynamicTest(
                        bad.getValue() + " " + printable(bad.getKey()),
                        () -> assertThat(Transcript.ofAnyCut(bad.getKey()))
                                .isEqualTo(new Transcript(List.of(), bad.getValue(), true))))
                .toList();
    }

    private static String printable(String text) {
        String visible = text.replace("\r", "\\r").replace("\n", "\\n").replaceAll("\\p{Cntrl}", "?");
        return visible.length() > 90 ? visible.substring(0, 90) + "…" : visible;
    }

    @Test
    void limitsAreExactHoweverTheHeadIsCut() {
        HeadLimits limits = new HeadLimits(20, 60, 3);
        String line = "GET /" + "a".repeat(20 - "GET / HTTP/1.1".length()) + " HTTP/1.1\r\n";
        String fits = line + "Host: a\r\nA: " + "b".repeat(60 - line.length() - "Host: a\r\nA: \r\n\r\n".length());
        assertThat(fits.length() + 4).isEqualTo(60);
        assertThat(Transcript.ofAnyCut(fits + "\r\n\r\n", limits).messages()).hasSize(1);
        assertThat(Transcript.ofAnyCut(fits + "b\r\n\r\n", limits).fault()).isEqualTo(Fault.HEAD_TOO_LARGE);
        assertThat(Transcript.ofAnyCut(fits + "b".repeat(100), limits).fault()).isEqualTo(Fault.HEAD_TOO_LARGE);
        assertThat(Transcript.ofAnyCut(line.replace("/a", "/aa") + "Host: a\r\n\r\n", limits)
                        .fault())
                .isEqualTo(Fault.START_LINE_TOO_LONG);
        assertThat(Transcript.ofAnyCut("G".repeat(22), limits).fault()).isEqualTo(Fault.START_LINE_TOO_LONG);
        assertThat(Transcript.ofAnyCut("G".repeat(21), limits).fault()).isNull();
        String three = "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\n";
        assertThat(Transcript.ofAnyCut(three + "\r\n", limits).messages()).hasSize(1);
        assertThat(Transcript.ofAnyCut(three + "E: f\r\n\r\n", limits).fault()).isEqualTo(Fault.TOO_MANY_FIELDS);
    }
}
