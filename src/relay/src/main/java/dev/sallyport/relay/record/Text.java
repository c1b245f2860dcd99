package dev.sallyport.relay.record;

import dev.sallyport.model.request.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that a client sent, copied into a buffer that is used again and again. What is longer than the limit is cut.
 * They read as ISO-8859-1.
 */
public final class Text {
    private final int limit;
    private byte[] bytes = new byte[32];
    private int length;
    private boolean cut;

    Text(int limit) {
        this.limit = limit;
    }

    /** Copies {@code source}, which may be a view. */
    public void set(Ascii source) {
        resize(source.length());
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) source.at(i);
        }
    }

    /** Copies {@code source}; a character above 255 becomes a question mark. */
    public void set(CharSequence source) {
        resize(source.length());
        for (int i = 0; i < length; i++) {
            char c = source.charAt(i);
            bytes[i] = (byte) (c < 256 ? c : '?');
        }
    }

    /** Makes it empty. */
    public void clear() {
        length = 0;
        cut = false;
    }

    /** The number of bytes that were kept. */
    public int length() {
        return length;
    }

    /** The byte at {@code index}, from 0 to 255. */
    public int at(int index) {
        return bytes[index] & 0xff;
    }

    /** Whether there was more than the limit. */
    public boolean cut() {
        return cut;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private void resize(int wanted) {
        cut = wanted > limit;
        length = Math.min(wanted, limit);
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(limit, Math.max(length, bytes.length * 2)));
        }
    }
}
