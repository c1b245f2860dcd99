package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Text that is written into many heads: free of controls, and ready to be copied at once. */
public final class Phrase implements Ascii {
    private final byte[] bytes;

    private Phrase(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param text of characters from U+0020 to U+00FF without U+007F, or tabs */
    public static Phrase of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (!Octets.isFieldContent(bytes, 0, bytes.length)) {
            throw new IllegalArgumentException("control character in text to be written into a head");
        }
        return new Phrase(bytes);
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }

    @Override
    public int length() {
        return bytes.length;
    }

    @Override
    public int at(int index) {
        return bytes[index] & 0xFF;
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
