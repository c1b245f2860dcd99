package dev.sallyport.relay.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The fields that the relay knows by number. A name is found without regard to case by a perfect hash over its length
 * and three of its bytes, and one comparison. There are at most 64, so that a {@code long} is a set of them.
 */
public enum FieldName {
    HOST("Host"),
    CONNECTION("Connection"),
    KEEP_ALIVE("Keep-Alive"),
    PROXY_CONNECTION("Proxy-Connection"),
    PROXY_AUTHENTICATE("Proxy-Authenticate"),
    PROXY_AUTHORIZATION("Proxy-Authorization"),
    PROXY_AUTHENTICATION_INFO("Proxy-Authentication-Info"),
    TE("TE"),
    TRAILER("Trailer"),
    TRANSFER_ENCODING("Transfer-Encoding"),
    UPGRADE("Upgrade"),
    HTTP2_SETTINGS("HTTP2-Settings"),
    CONTENT_LENGTH("Content-Length"),
    EXPECT("Expect"),
    VIA("Via"),
    MAX_FORWARDS("Max-Forwards"),
    FORWARDED("Forwarded"),
    X_FORWARDED_FOR("X-Forwarded-For"),
    X_FORWARDED_HOST("X-Forwarded-Host"),
    X_FORWARDED_PORT("X-Forwarded-Port"),
    X_FORWARDED_PROTO("X-Forwarded-Proto"),
    X_FORWARDED_PREFIX("X-Forwarded-Prefix"),
    X_REAL_IP("X-Real-IP"),
    X_REQUEST_ID("X-Request-ID"),
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    AUTHORIZATION("Authorization"),
    WWW_AUTHENTICATE("WWW-Authenticate"),
    COOKIE("Cookie"),
    SET_COOKIE("Set-Cookie"),
    ORIGIN("Origin"),
    REFERER("Referer"),
    USER_AGENT("User-Agent"),
    ACCEPT("Accept"),
    ACCEPT_ENCODING("Accept-Encoding"),
    ACCEPT_LANGUAGE("Accept-Language"),
    CONTENT_TYPE("Content-Type"),
    CONTENT_ENCODING("Content-Encoding"),
    CONTENT_RANGE("Content-Range"),
    RANGE("Range"),
    IF_RANGE("If-Range"),
    IF_MATCH("If-Match"),
    IF_NONE_MATCH("If-None-Match"),
    IF_MODIFIED_SINCE("If-Modified-Since"),
    IF_UNMODIFIED_SINCE("If-Unmodified-Since"),
    CACHE_CONTROL("Cache-Control"),
    AGE("Age"),
    DATE("Date"),
    EXPIRES("Expires"),
    ETAG("ETag"),
    LAST_MODIFIED("Last-Modified"),
    VARY("Vary"),
    LOCATION("Location"),
    SERVER("Server"),
    RETRY_AFTER("Retry-After"),
    ALT_SVC("Alt-Svc"),
    STRICT_TRANSPORT_SECURITY("Strict-Transport-Security"),
    SEC_WEBSOCKET_KEY("Sec-WebSocket-Key"),
    SEC_WEBSOCKET_VERSION("Sec-WebSocket-Version"),
    SEC_WEBSOCKET_PROTOCOL("Sec-WebSocket-Protocol"),
    SEC_WEBSOCKET_ACCEPT("Sec-WebSocket-Accept"),
    PROXY_STATUS("Proxy-Status"),
    CACHE_STATUS("Cache-Status"),
    PRIORITY("Priority");

    private static final FieldName[] BY_ID = values();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long LOWER_CASE = 0x2020202020202020L;

    /** Found by search; a test proves that no two names share a slot. */
    private static final int MULTIPLIER = 0x3431F5E1;

    private static final byte[] SLOTS = new byte[256];

    static {
        Arrays.fill(SLOTS, (byte) -1);
        for (FieldName name : BY_ID) {
            byte[] lower = name.lowerCase.getBytes(StandardCharsets.ISO_8859_1);
            SLOTS[slot(lower, 0, lower.length)] = (byte) name.id();
        }
    }

    private final String lowerCase;

    @SuppressWarnings("Immutable") // written to buffers as it is
    private final byte[] prefix;

    /** The lower-case name, eight bytes a word, the last one filled up with zeros. */
    @SuppressWarnings("Immutable") // never leaves this class
    private final long[] words;

    FieldName(String name) {
        lowerCase = name.toLowerCase(Locale.ROOT);
        prefix = (name + ": ").getBytes(StandardCharsets.ISO_8859_1);
        words = new long[(name.length() + 7) / 8];
        for (int i = 0; i < name.length(); i++) {
            words[i / 8] |= (long) lowerCase.charAt(i) << (i % 8 * 8);
        }
    }

    /** The name in lower case. */
    public String lowerCase() {
        return lowerCase;
    }

    /** The bytes that begin a line of this field: its name, a colon, a space. Not to be changed. */
    public byte[] prefix() {
        return prefix;
    }

    /** This name as a member of a set. */
    long bit() {
        return 1L << id();
    }

    /** The number of this name: its place among the others. */
    @SuppressWarnings("EnumOrdinal") // no number outlives the process
    int id() {
        return ordinal();
    }

    /** The field of a number, or null when it is below 0. */
    static @Nullable FieldName byId(int id) {
        return id < 0 ? null : BY_ID[id];
    }

    /** The field of a lower-case name, or null when it is not among these. */
    public static @Nullable FieldName of(String lowerCase) {
        int length = lowerCase.length();
        if (length == 0) {
            return null;
        }
        int id = SLOTS[
                slot(
                        length,
                        lowerCase.charAt(0),
                        lowerCase.charAt(length - 1),
                        lowerCase.charAt(Math.max(0, length - 4)))];
        return id >= 0 && BY_ID[id].lowerCase.equals(lowerCase) ? BY_ID[id] : null;
    }

    /**
     * The number of the field that a token names, or -1. The array must have seven more bytes after the token.
     */
    static int idOf(byte[] bytes, int start, int length) {
        int id = SLOTS[slot(bytes, start, length)];
        return id >= 0 && BY_ID[id].named(bytes, start, length) ? id : -1;
    }

    static int slot(byte[] bytes, int start, int length) {
        return slot(length, bytes[start], bytes[start + length - 1], bytes[start + Math.max(0, length - 4)]);
    }

    private static int slot(int length, int first, int last, int fourthFromEnd) {
        int key = (length & 0xFF)
                | ((first | 0x20) & 0xFF) << 8
                | ((last | 0x20) & 0xFF) << 16
                | ((fourthFromEnd | 0x20) & 0xFF) << 24;
        return (key * MULTIPLIER) >>> 24;
    }

    /** Setting the case bit is exact here: in a token, only letters become letters, digits or hyphens by it. */
    private boolean named(byte[] bytes, int start, int length) {
        if (length != lowerCase.length()) {
            return false;
        }
        int last = words.length - 1;
        for (int i = 0; i < last; i++) {
            if (((long) LONG.get(bytes, start + i * 8) | LOWER_CASE) != words[i]) {
                return false;
            }
        }
        long mask = -1L >>> ((last + 1) * 64 - length * 8);
        return (((long) LONG.get(bytes, start + last * 8) | LOWER_CASE) & mask) == words[last];
    }
}
