package dev.sallyport.relay.detect;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The version of HTTP that a client speaks, as the first bytes say where nothing was negotiated (RFC 9113, section 3.4). */
public enum Speech {
    /** It may be either. */
    UNDECIDED,
    HTTP1,
    /** HTTP/2 with prior knowledge. */
    HTTP2;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** @param bytes all that has arrived, left as they are */
    public static Speech of(ByteBuf bytes) {
        int there = Math.min(bytes.readableBytes(), PREFACE.length);
        for (int i = 0; i < there; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
                return HTTP1;
            }
        }
        return there < PREFACE.length ? UNDECIDED : HTTP2;
    }
}
