package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes the chunked transfer coding (RFC 9112, section 7.1): {@code begin}, the data, {@code end}, and at last {@code last}. */
public final class Chunks {
    /** The most bytes that {@link #begin} and {@link #end} add around the data. */
    public static final int OVERHEAD = 8 + 2 + 2;

    private static final int CRLF = '\r' << 8 | '\n';
    private static final byte[] LAST = {'0', '\r', '\n'};

    private Chunks() {}

    /** Begins a chunk of {@code length} bytes, at least 1: an empty one would end the body. */
    public static void begin(ByteBuf out, int length) {
        if (length < 1) {
            throw new IllegalArgumentException("a chunk of " + length + " bytes");
        }
        for (int shift = (31 - Integer.numberOfLeadingZeros(length)) & ~3; shift >= 0; shift -= 4) {
            int digit = length >>> shift & 0xF;
            out.writeByte(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
        out.writeShort(CRLF);
    }

    /** Ends a chunk. */
    public static void end(ByteBuf out) {
        out.writeShort(CRLF);
    }

    /** Ends the body, with those of its trailers that {@linkplain TrailerHead#passes may} go on. */
    public static void last(ByteBuf out, @Nullable TrailerHead trailers) {
        out.writeBytes(LAST);
        if (trailers != null) {
            trailers.write(out);
        }
        out.writeShort(CRLF);
    }
}
