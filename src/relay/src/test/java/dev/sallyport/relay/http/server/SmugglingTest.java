package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Messages that two readers could read in two ways. Whatever of them reaches the origin must be what a strict reader
 * of RFC 9112 reads in one way, and nothing that hides in a body may be taken for a request.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\\x21-\\x7e\\x80-\\xff \\t]*");

    private Origin origin;
    private Rig rig;

    @BeforeAll
    void start() throws Exception {
        origin = Origin.saying("ok");
        rig = Rig.setup().reverse(origin).forward().start();
    }

    @AfterAll
    void stop() {
        rig.close();
        origin.close();
    }

    private static String post(String fields, String body) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
    }

    static Map<String, String> hostile() {
        Map<String, String> all = new TreeMap<>();
        String chunked = "0\r\n\r\n" + HIDDEN;
        List<String> codings = List.of(
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding:\u00a0chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding:",
                "Transfer-Encoding : chunked",
                " Transfer-Encoding: chunked",
                "X: y\r\n Transfer-Encoding: chunked",
                "Transfer-Encoding\r\n: chunked",
                "Transfer-Encoding: chunked\nX: y",
                "Transfer-Encoding: chunked\rX: y",
                "Transfer-Encoding: chun\u0000ked",
                "X: y\u0000\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5");
        for (String coding : codings) {
            all.put("coding " + coding, post("Content-Length: 5\r\n" + coding + "\r\n", chunked));
            all.put("only " + coding, post(coding + "\r\n", chunked));
        }
        for (String length : List.of(
                "",
                "+5",
                "-5",
                "5,5",
                "5, 6",
                "0x5",
                "5 5",
                "5\u00a0",
                "\u0661",
                "5;",
                "5.0",
                "1e1",
                "18446744073709551621",
                "9223372036854775808",
                "99999999999999999999999999")) {
            all.put("length '" + length + "'", post("Content-Length: " + length + "\r\n", "hello" + HIDDEN));
        }
        all.put("underscore", post("Content-Length: 5\r\nTransfer_Encoding: chunked\r\n", "0\r\n\r\n"));
        all.put("only underscore", post("Transfer_Encoding: chunked\r\n", chunked));
        all.put("two lengths", post("Content-Length: 5\r\nContent-Length: 0\r\n", "hello" + HIDDEN));
        all.put("equal lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello" + HIDDEN));
        for (String chunks : List.of(
                "5\nhello\n0\n\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                "\r\n5\r\nhello\r\n0\r\n\r\n",
                "-1\r\nhello\r\n0\r\n\r\n",
                "10000000000000005\r\nhello\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
                "5;\nhello\r\n0\r\n\r\n",
                "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
                "5;a=\u0000\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
                "5\r\nhello\r\n0\r\nX: y\n\r\n",
                "5\rX\nhello\r\n0\r\n\r\n",
                "\r\n",
                "g\r\n")) {
            all.put("chunks " + chunks, post("Transfer-Encoding: chunked\r\n", chunks + HIDDEN));
        }
        for (String line : List.of(
                "GET  / HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET\t/\tHTTP/1.1",
                "GET / HTTP/1.2",
                "GET / HTTP/2.0",
                "GET / HTTP/01.1",
                "GET / http/1.1",
                "GET /",
                "GET / a HTTP/1.1",
                "GET /\u0001 HTTP/1.1",
                "GET /\u00e9 HTTP/1.1",
                "GET /\\..\\x HTTP/1.1",
                "GET /%00 HTTP/1.1",
                "GET /%2e%2e/x HTTP/1.1",
                "GET /a%2fb HTTP/1.1",
                "GET /a%5cb HTTP/1.1",
                "GET /%zz HTTP/1.1",
                "GET /# HTTP/1.1",
                "GET a HTTP/1.1",
                "GET * HTTP/1.1",
                "G\u0000T / HTTP/1.1",
                "G(T / HTTP/1.1",
                " GET / HTTP/1.1",
                "GET http://user@a/ HTTP/1.1",
                "GET ftp://a/ HTTP/1.1",
                "GET http:///x HTTP/1.1")) {
            all.put("line " + line, line + "\r\nHost: a\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
        }
        for (String host : List.of(
                "Host: a\r\nHost: b",
                "Host: a\r\nHost: a",
                "Host: a, b",
                "Host: a b",
                "Host: a@b",
                "Host: a/b",
                "Host: a:99999",
                "Host: a:b",
                "Host: [::1",
                "Host: a\u0000",
                "Host : a",
                "Host:",
                "X: y",
                "hOsT: a\r\nHoSt: b")) {
            all.put(
                    "host " + host,
                    "GET / HTTP/1.1\r\n" + host + "\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
        }
        for (String field : List.of(
                ": empty",
                "a b: c",
                "a: b\rc: d",
                "a: b\u0000c",
                "a: b\u0007",
                "\u00e9: b",
                "a",
                "X: y\r\n folded: z",
                "Connection: content-length",
                "Connection: transfer-encoding, host",
                "Connection: close, \"x",
                "Expect: 200-ok",
                "Expect: 100-continue, x",
                "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00")) {
            all.put(
                    "field " + field,
                    post(field + "\r\nContent-Length: 5\r\n", "hello" + HIDDEN.replace("hidden", "next")));
        }
        all.put("0.9", "GET /\r\n" + HIDDEN);
        all.put("1.0 with chunked", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked);
        all.put(
                "get with a hidden body",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
        all.put("two empty lines", "\r\n\r\n" + HIDDEN);
        all.put("bare LF", "GET / HTTP/1.1\nHost: a\n\n" + HIDDEN);
        return all;
    }

    @Test
    void nothingAmbiguousReachesTheOriginOfACluster() {
        for (Map.Entry<String, String> each : hostile().entrySet()) {
            send("web", each.getKey(), each.getValue(), "a");
        }
        try (Wire client = rig.connect("web")) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
        }
    }

    /** Percent-encoded paths are sent as they came: no rule of a forward proxy reads them. */
    @Test
    void nothingAmbiguousReachesAnOriginThatTheClientNames() {
        String target = " http://" + origin.authority() + "/";
        Map<String, String> hostile = hostile();
        hostile.keySet().removeIf(of -> of.startsWith("line") && of.contains("%"));
        for (Map.Entry<String, String> each : hostile.entrySet()) {
            String absolute = each.getValue().replaceAll("(GET|POST) /", "$1" + target);
            send("proxy", each.getKey(), absolute, origin.authority());
        }
        try (Wire client = rig.connect("proxy")) {
            client.send("GET" + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().body()).isEqualTo("ok");
        }
    }

    private void send(String listener, String of, String bytes, String host) {
        int before = origin.requests().size();
        try (Wire client = rig.connect(listener)) {
            client.send(bytes).endOutput();
            drain(client);
        }
        for (Wire.Request request :
                origin.requests().subList(before, origin.requests().size())) {
            assertThat(request.line()).as(of).isIn(allowedLines());
            assertSound(of, request, host);
        }
    }

    private static List<String> allowedLines() {
        return List.of(
                "POST / HTTP/1.1", "GET / HTTP/1.1", "GET /x HTTP/1.1", "GET /%C3%A9 HTTP/1.1", "GET /next HTTP/1.1");
    }

    private static void assertSound(String of, Wire.Request request, String host) {
        assertThat(request.fields().get("host")).as(of).isEqualTo(host);
        List<String> lines =
                request.head().lines().skip(1).filter(line -> !line.isEmpty()).toList();
        assertThat(lines).as(of).allMatch(line -> FIELD.matcher(line).matches());
        long framings = lines.stream()
                .filter(line -> line.startsWith("Content-Length: ") || line.equals("Transfer-Encoding: chunked"))
                .count();
        assertThat(framings).as(of).isLessThanOrEqualTo(1);
        assertThat(lines.stream()
                                .filter(line -> line.toLowerCase().startsWith("transfer-encoding"))
                                .count()
                        + lines.stream()
                                .filter(line -> line.toLowerCase().startsWith("content-length"))
                                .count())
                .as(of)
                .isEqualTo(framings);
    }

    private static void drain(Wire client) {
        try {
            client.readAll();
        } catch (UncheckedIOException e) {
            // reset: as good an end as any
        }
    }
}
