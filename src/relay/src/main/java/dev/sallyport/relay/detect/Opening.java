package dev.sallyport.relay.detect;

import dev.sallyport.relay.http.Octets;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What a client speaks that takes the relay for a server of any protocol, as far as its first bytes say. HTTP is only what
 * has the name of its version at the end of its first line: words with spaces between them begin many a protocol.
 */
enum Opening {
    /** It may be several of them. */
    UNDECIDED,
    /** A record of TLS, perhaps not a valid one. */
    TLS,
    HTTP1,
    /** HTTP/2 with prior knowledge. */
    HTTP2,
    /** Something else. */
    OTHER;

    /** With as much of a first line, whose end is not there, it is taken for HTTP, which answers that it is too long. */
    static final int MOST_LINE = 8 << 10;

    private static final int MOST_METHOD = 32;
    private static final int TLS_HANDSHAKE = 22;
    private static final int TLS_MAJOR = 3;
    private static final byte[] VERSION = " HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /** @param bytes all that has arrived, left as they are */
    static Opening of(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (length > 0 && bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE) {
            return length == 1 || bytes.getByte(bytes.readerIndex() + 1) == TLS_MAJOR ? TLS : OTHER;
        }
        return switch (Speech.of(bytes)) {
            case UNDECIDED -> UNDECIDED;
            case HTTP2 -> HTTP2;
            case HTTP1 -> line(bytes, bytes.readerIndex(), bytes.writerIndex());
        };
    }

    private static Opening line(ByteBuf bytes, int from, int to) {
        int method = from;
        while (method < to && method - from <= MOST_METHOD && Octets.isToken(bytes.getByte(method))) {
            method++;
        }
        if (method == from || method - from > MOST_METHOD) {
            return OTHER;
        }
        if (method == to) {
            return UNDECIDED;
        }
        int target = method + 1;
        int end = target;
        while (end < to && isVisible(bytes.getByte(end))) {
            end++;
        }
        if (bytes.getByte(method) != ' ' || end == target && end < to) {
            return OTHER;
        }
        for (int i = 0; i < VERSION.length && end + i < to; i++) {
            if (bytes.getByte(end + i) != VERSION[i]) {
                return OTHER;
            }
        }
        return to - end >= VERSION.length || to - from >= MOST_LINE ? HTTP1 : UNDECIDED;
    }

    private static boolean isVisible(byte octet) {
        return octet > ' ' && octet < 0x7F;
    }
}
