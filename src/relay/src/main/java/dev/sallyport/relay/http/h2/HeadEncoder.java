package dev.sallyport.relay.http.h2;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes header blocks (RFC 7541) of the static table and literals alone: no state that blocks share, so they may be written
 * ahead and in any order; nothing kept for a connection; no secret beside text that an attacker chose in one compressed
 * state. Values are copied from head to block in one go.
 */
public final class HeadEncoder {
    public static final int AUTHORITY = 1;
    public static final int METHOD = 2;
    public static final int PATH = 4;
    public static final int SCHEME = 6;
    private static final int STATUS = 8;

    private static final int INDEXED = 0x80;
    private static final int TABLE_SIZE = 0x20;
    private static final int NEVER_INDEXED = 0x10;
    private static final int NAME_PREFIX = 15;
    private static final int LENGTH_PREFIX = 127;

    /** Statuses with an entry of their own: 200, 204, 206, 304, 400, 404, 500. */
    private static final byte[] STATUS_INDEX = new byte[1000];

    /** How a line of a known field begins: the index of its name, or the name itself. */
    private static final Map<FieldName, byte[]> NAMES = new EnumMap<>(FieldName.class);

    private static final FieldSet SECRET =
            FieldSet.of(FieldName.AUTHORIZATION, FieldName.PROXY_AUTHORIZATION, FieldName.COOKIE, FieldName.SET_COOKIE);

    static {
        int[] indexed = {200, 204, 206, 304, 400, 404, 500};
        for (int i = 0; i < indexed.length; i++) {
            STATUS_INDEX[indexed[i]] = (byte) (STATUS + i);
        }
        for (FieldName name : FieldName.values()) {
            NAMES.put(name, beginning(name));
        }
    }

    private HeadEncoder() {}

    private static byte[] beginning(FieldName name) {
        int flags = SECRET.contains(name) ? NEVER_INDEXED : 0;
        int index = StaticTable.indexOf(name.lowerCase());
        if (index == 0) {
            byte[] text = name.lowerCase().getBytes(StandardCharsets.ISO_8859_1);
            byte[] line = new byte[2 + text.length];
            line[0] = (byte) flags;
            line[1] = (byte) text.length;
            System.arraycopy(text, 0, line, 2, text.length);
            return line;
        }
        return index < NAME_PREFIX
                ? new byte[] {(byte) (flags | index)}
                : new byte[] {(byte) (flags | NAME_PREFIX), (byte) (index - NAME_PREFIX)};
    }

    /** To be written at the start of the first block of a connection: its peer need keep no table (RFC 7541, section 6.3). */
    public static void noTable(ByteBuf out) {
        out.writeByte(TABLE_SIZE);
    }

    /** Writes {@code :status}. */
    public static void status(ByteBuf out, int status) {
        int index = STATUS_INDEX[status];
        if (index != 0) {
            out.writeByte(INDEXED | index);
        } else {
            out.writeByte(STATUS);
            out.writeByte(3);
            out.writeByte('0' + status / 100);
            out.writeByte('0' + status / 10 % 10);
            out.writeByte('0' + status % 10);
        }
    }

    /** Writes a pseudo-field of a request. */
    public static void pseudo(ByteBuf out, int name, Ascii value) {
        out.writeByte(name);
        value(out, value);
    }

    /** Writes a field whose name is not a known one, in lower case. */
    public static void field(ByteBuf out, String lowerCaseName, Ascii value) {
        out.writeByte(0);
        integer(out, 0, LENGTH_PREFIX, lowerCaseName.length());
        out.writeCharSequence(lowerCaseName, StandardCharsets.ISO_8859_1);
        value(out, value);
    }

    /** Writes a field of our own. */
    public static void field(ByteBuf out, FieldName name, Ascii value) {
        name(out, name);
        value(out, value);
    }

    /** Writes a field of our own whose value is a number, not below 0. */
    public static void field(ByteBuf out, FieldName name, long value) {
        name(out, name);
        int length = 1;
        long divisor = 1;
        for (; value / divisor >= 10; divisor *= 10) {
            length++;
        }
        out.writeByte(length);
        for (; divisor > 0; divisor /= 10) {
            out.writeByte('0' + (int) (value / divisor % 10));
        }
    }

    /**
     * Writes the fields of a received head that go on, but not those of framing.
     *
     * @param dropped fields left out besides those that are hop-by-hop
     */
    public static void fields(ByteBuf out, Head head, FieldSet dropped) {
        for (int line = 0; line < head.fields(); line++) {
            if (head.goesOn(line, dropped)) {
                line(out, head, line);
            }
        }
    }

    /** Writes those of received trailers that {@linkplain TrailerHead#passes may} go on. */
    public static void trailers(ByteBuf out, TrailerHead trailers) {
        for (int line = 0; line < trailers.fields(); line++) {
            if (trailers.passes(line)) {
                line(out, trailers, line);
            }
        }
    }

    private static void line(ByteBuf out, Head head, int line) {
        FieldName known = head.known(line);
        if (known != null) {
            name(out, known);
        } else {
            name(out, head.name(line));
        }
        value(out, head.value(line));
    }

    /** Begins a field whose value is written in parts after it, and returns what {@link #endValue} needs. */
    public static int beginValue(ByteBuf out, FieldName name) {
        name(out, name);
        out.writeByte(0);
        return out.writerIndex();
    }

    /** Ends the value that began at {@code start}: now its length is known. */
    public static void endValue(ByteBuf out, int start) {
        int length = out.writerIndex() - start;
        if (length < LENGTH_PREFIX) {
            out.setByte(start - 1, length);
            return;
        }
        byte[] value = new byte[length];
        out.getBytes(start, value);
        out.writerIndex(start - 1);
        integer(out, 0, LENGTH_PREFIX, length);
        out.writeBytes(value);
    }

    private static void name(ByteBuf out, FieldName name) {
        out.writeBytes(NAMES.get(name));
    }

    private static void name(ByteBuf out, Ascii name) {
        out.writeByte(0);
        integer(out, 0, LENGTH_PREFIX, name.length());
        for (int i = 0; i < name.length(); i++) {
            out.writeByte(Ascii.lowerCase(name.at(i)));
        }
    }

    private static void value(ByteBuf out, Ascii value) {
        integer(out, 0, LENGTH_PREFIX, value.length());
        Head.write(out, value);
    }

    /** RFC 7541, section 5.1. */
    static void integer(ByteBuf out, int flags, int prefix, int value) {
        if (value < prefix) {
            out.writeByte(flags | value);
            return;
        }
        out.writeByte(flags | prefix);
        int left = value - prefix;
        for (; left >= 0x80; left >>>= 7) {
            out.writeByte(left & 0x7F | 0x80);
        }
        out.writeByte(left);
    }
}
