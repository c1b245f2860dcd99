package dev.sallyport.relay.http.h1;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests, sound and hostile, and variations on them. */
final class Corpus {
    static final List<String> GOOD = List.of(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /a/b?c=d HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "GET http://a.example:8080/x?y HTTP/1.1\r\nHost: b\r\nAccept: */*\r\nUser-Agent: x (y; z)\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a:80\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nProxy-Authorization: Basic eA==\r\n\r\n",
            "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
            "POST /p HTTP/1.1\r\nhost: [::1]:80\r\ncontent-length: 0\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n",
            "PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n5\r\nhello\r\n00000a;x=y\r\n0123456789\r\n0\r\n\r\n",
            "PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n1\r\nx\r\n0;last\r\nT: u\r\n\r\n",
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
            "POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:  \t c \t \r\nX: \u00e9\u00ff\r\nCookie: a=b\r\nCookie: c=d\r\n\r\n",
            "DELETE /%41%c3%a9/..//x;y=z HTTP/1.1\r\nHost: a\r\nContent-Length: 00000000000000000000003\r\n\r\nabc",
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");

    private static final String[] SPICE = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\0",
        " ",
        "\t",
        ":",
        ",",
        ";",
        "\u000b",
        "\u000c",
        "\u007f",
        "\u0085",
        "\u00a0",
        "0",
        "5",
        "f",
        "x",
        "+",
        "-",
        "/",
        "\\",
        "?",
        "#",
        "%",
        "%2f",
        "%00",
        "..",
        "@",
        "[",
        "]",
        "chunked",
        "identity",
        "gzip, ",
        "close",
        "Host: b\r\n",
        "Content-Length: 5\r\n",
        "Content-Length: 6\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content_Length: 5\r\n",
        "Transfer-Encoding:\u000bchunked\r\n",
        "X: y\r\n z\r\n",
        "Connection: Transfer-Encoding\r\n",
        "Connection: Content-Length\r\n",
        "0\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1",
        "HTTP/1.0",
        "http://c/",
        "ffffffffffffffff",
        "100000000",
    };

    private Corpus() {}

    static List<String> all() {
        List<String> all = new ArrayList<>(GOOD);
        all.addAll(BadRequestTest.BAD.keySet());
        all.removeIf(text -> text.length() > 2000);
        return all;
    }

    /** A request with up to three changes; most of those of the good ones stay almost sound. */
    static String vary(List<String> all, Random random) {
        return vary(all, GOOD, random);
    }

    /** A message with up to three changes: one of {@code all}, more often one of {@code good}. */
    static String vary(List<String> all, List<String> good, Random random) {
        List<String> from = random.nextInt(3) == 0 ? all : good;
        StringBuilder text = new StringBuilder(from.get(random.nextInt(from.size())));
        for (int changes = random.nextInt(4); changes > 0 && !text.isEmpty(); changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 2));
            switch (random.nextInt(7)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.insert(at, SPICE[random.nextInt(SPICE.length)]);
                case 2 -> text.delete(at, end);
                case 3 -> text.insert(at, text.substring(at, end));
                case 4 -> text.replace(at, end, SPICE[random.nextInt(SPICE.length)]);
                case 5 -> insertLine(text, random);
                case 6 -> text.append(good.get(random.nextInt(good.size())));
                default -> throw new IllegalStateException();
            }
        }
        return text.toString();
    }

    private static void insertLine(StringBuilder text, Random random) {
        int line = text.indexOf("\r\n", random.nextInt(text.length()));
        if (line >= 0) {
            text.insert(line + 2, SPICE[random.nextInt(SPICE.length)]);
        }
    }
}
