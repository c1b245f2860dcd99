package dev.sallyport.relay.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** An alert by which the relay ends a connection where the library for TLS has no part yet (RFC 8446, section 6.2). */
public enum Alert {
    UNEXPECTED_MESSAGE(10),
    ACCESS_DENIED(49),
    DECODE_ERROR(50),
    INTERNAL_ERROR(80),
    UNRECOGNIZED_NAME(112);

    private static final byte RECORD = 21;
    private static final byte FATAL = 2;

    private final int description;

    Alert(int description) {
        this.description = description;
    }

    /** The record to send, for the caller to release. */
    public ByteBuf record() {
        return Unpooled.wrappedBuffer(new byte[] {RECORD, 3, 3, 0, 2, FATAL, (byte) description});
    }
}
