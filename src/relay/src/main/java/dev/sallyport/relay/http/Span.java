package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A range of a head's bytes. It stays true until the head is reset. */
final class Span implements Ascii {
    private final Head head;
    private int start;
    private int length;

    Span(Head head) {
        this.head = head;
    }

    Span set(int start, int length) {
        this.start = start;
        this.length = length;
        return this;
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(head.bytes(), start, length);
    }

    int start() {
        return start;
    }

    int end() {
        return start + length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int at(int index) {
        return head.bytes()[start + index] & 0xFF;
    }

    @Override
    public boolean equalsLowerCase(CharSequence lowerCase) {
        return Octets.equalsLowerCase(head.bytes(), start, start + length, lowerCase);
    }

    @Override
    public String toString() {
        return new String(head.bytes(), start, length, StandardCharsets.ISO_8859_1);
    }
}
