package dev.sallyport.relay.http.h2;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The fields that header blocks refer to by number from the first one on (RFC 7541, appendix A). */
final class StaticTable {
    private static final List<String> LINES = List.of(
            ":authority",
            ":method: GET",
            ":method: POST",
            ":path: /",
            ":path: /index.html",
            ":scheme: http",
            ":scheme: https",
            ":status: 200",
            ":status: 204",
            ":status: 206",
            ":status: 304",
            ":status: 400",
            ":status: 404",
            ":status: 500",
            "accept-charset",
            "accept-encoding: gzip, deflate",
            "accept-language",
            "accept-ranges",
            "accept",
            "access-control-allow-origin",
            "age",
            "allow",
            "authorization",
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-length",
            "content-location",
            "content-range",
            "content-type",
            "cookie",
            "date",
            "etag",
            "expect",
            "expires",
            "from",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "last-modified",
            "link",
            "location",
            "max-forwards",
            "proxy-authenticate",
            "proxy-authorization",
            "range",
            "referer",
            "refresh",
            "retry-after",
            "server",
            "set-cookie",
            "strict-transport-security",
            "transfer-encoding",
            "user-agent",
            "vary",
            "via",
            "www-authenticate");

    /** The last number. */
    static final int SIZE = LINES.size();

    private static final byte[][] NAMES = new byte[SIZE][];
    private static final byte[][] VALUES = new byte[SIZE][];

    static {
        for (int i = 0; i < SIZE; i++) {
            String[] parts = LINES.get(i).split(": ", 2);
            NAMES[i] = parts[0].getBytes(StandardCharsets.ISO_8859_1);
            VALUES[i] = parts.length == 1 ? new byte[0] : parts[1].getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private StaticTable() {}

    /** The first number of a name, or 0. */
    static int indexOf(String name) {
        for (int i = 0; i < SIZE; i++) {
            if (LINES.get(i).split(": ", 2)[0].equals(name)) {
                return i + 1;
            }
        }
        return 0;
    }

    static byte[] name(int number) {
        return NAMES[number - 1];
    }

    static byte[] value(int number) {
        return VALUES[number - 1];
    }
}
