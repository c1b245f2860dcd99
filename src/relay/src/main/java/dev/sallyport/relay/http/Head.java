package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message: its bytes in one array and an index of the field lines in another. An instance is filled by a
 * codec, read, and {@linkplain #reset() reset} for the next message; its arrays only grow, so that a warmed instance
 * allocates nothing. Views that it gives out are true until it is reset.
 *
 * <p>What decisions see is what is sent on, so two kinds of field lines are hidden: passed over by all look-ups and left
 * behind. Those that {@code Connection} names as hop-by-hop, which were addressed to this relay alone; and those that
 * differ from a known field by underscores for hyphens, as servers that hand fields on as variables (CGI, WSGI) take
 * one for the other, and with it {@code X_Forwarded_For} for what a trusted proxy said.
 */
public abstract sealed class Head permits MessageHead, TrailerHead {
    /** What is kept between messages; a larger array, grown by an exceptional head, is given back. */
    private static final int RETAINED_BYTES = 8 << 10;

    private static final int INITIAL_BYTES = 1 << 10;

    /** Lets names be compared eight bytes at a time up to the very end. */
    private static final int SLACK = Long.BYTES;

    /** Longer than any known name. */
    private static final int MAX_LOOKALIKE = 32;

    private static final int INITIAL_FIELDS = 24;
    private static final int STRIDE = 5;
    private static final int NAME_START = 0;
    private static final int NAME_LENGTH = 1;
    private static final int VALUE_START = 2;
    private static final int VALUE_LENGTH = 3;
    private static final int ID = 4;

    private static final int NOT_JOINED = -1;

    static final int UNKNOWN = -1;
    static final int HIDDEN = -2;

    private byte[] bytes = new byte[INITIAL_BYTES + SLACK];
    private int filled;
    private int[] index = new int[INITIAL_FIELDS * STRIDE];
    private int fields;
    private int fieldsEnd;
    private long present;
    private long repeated;
    private Span[] values = {};
    private Span[] names = {};
    private Span[] joined = {};
    private byte[] lookalike = {};

    /** Begins a new message: what was known of the last one is forgotten. */
    public void reset() {
        if (bytes.length > RETAINED_BYTES + SLACK) {
            bytes = new byte[INITIAL_BYTES + SLACK];
        }
        filled = 0;
        fields = 0;
        fieldsEnd = 0;
        present = 0;
        repeated = 0;
        for (Span span : joined) {
            span.set(0, NOT_JOINED);
        }
    }

    // ---- filled by a codec

    /** Moves {@code length} bytes of {@code in} to the end of this head. */
    public final void append(ByteBuf in, int length) {
        reserve(length);
        in.readBytes(bytes, filled, length);
        filled += length;
    }

    /** Copies a range of {@code from} to the end of this head. */
    public final void append(byte[] from, int start, int length) {
        reserve(length);
        System.arraycopy(from, start, bytes, filled, length);
        filled += length;
    }

    /** Puts one byte at the end of this head. */
    public final void append(char octet) {
        reserve(1);
        bytes[filled++] = (byte) octet;
    }

    /** Takes back the last {@code length} bytes that were appended. */
    public final void retract(int length) {
        filled -= length;
    }

    /** The array that {@link #filled()} bytes of are this head. Another one after each append. */
    public final byte[] bytes() {
        return bytes;
    }

    /** The number of bytes appended so far. */
    public final int filled() {
        return filled;
    }

    /**
     * Adds a field line whose name is a token and whose value is trimmed field content. Lines are added in their order
     * and each begins where the one before ended.
     */
    public final void addField(int nameStart, int nameLength, int valueStart, int valueLength) {
        int at = fields * STRIDE;
        if (at == index.length) {
            index = Arrays.copyOf(index, index.length * 2);
        }
        int id = FieldName.idOf(bytes, nameStart, nameLength);
        if (id == UNKNOWN && resemblesKnown(nameStart, nameLength)) {
            id = HIDDEN;
        }
        index[at + NAME_START] = nameStart;
        index[at + NAME_LENGTH] = nameLength;
        index[at + VALUE_START] = valueStart;
        index[at + VALUE_LENGTH] = valueLength;
        index[at + ID] = id;
        fields++;
        if (id >= 0) {
            long bit = 1L << id;
            repeated |= present & bit;
            present |= bit;
        }
    }

    /**
     * Makes one line of all lines of a field, at the end of the lines: those that another version split (RFC 9113, section
     * 8.2.3).
     */
    public final void merge(FieldName name, String separator) {
        if ((repeated & name.bit()) == 0) {
            return;
        }
        int start = filled;
        append(name.prefix(), 0, name.prefix().length);
        int valueStart = filled;
        for (int line = first(name); line >= 0; line = next(name, line)) {
            for (int i = 0; filled > valueStart && i < separator.length(); i++) {
                append(separator.charAt(i));
            }
            int to = extend(valueLength(line));
            System.arraycopy(bytes, valueStart(line), bytes, to, valueLength(line));
            index[line * STRIDE + ID] = HIDDEN;
        }
        int valueLength = filled - valueStart;
        append('\r');
        append('\n');
        addField(start, name.lowerCase().length(), valueStart, valueLength);
        repeated &= ~name.bit();
    }

    /** Puts one line in place of all lines of a field, at the end of the lines. */
    public final void replace(FieldName name, byte[] value) {
        for (int line = first(name); line >= 0; line = next(name, line)) {
            index[line * STRIDE + ID] = HIDDEN;
        }
        int start = filled;
        append(name.prefix(), 0, name.prefix().length);
        int valueStart = filled;
        append(value, 0, value.length);
        append('\r');
        append('\n');
        addField(start, name.lowerCase().length(), valueStart, value.length);
        repeated &= ~name.bit();
    }

    private boolean resemblesKnown(int start, int length) {
        if (length > MAX_LOOKALIKE || Octets.indexOf(bytes, start, start + length, (byte) '_') < 0) {
            return false;
        }
        if (lookalike.length == 0) {
            lookalike = new byte[MAX_LOOKALIKE + SLACK];
        }
        for (int i = 0; i < length; i++) {
            byte octet = bytes[start + i];
            lookalike[i] = octet == '_' ? (byte) '-' : octet;
        }
        return FieldName.idOf(lookalike, 0, length) >= 0;
    }

    /** Ends the fields: {@code end} is the offset after the line ending of the last one. */
    public final void endFields(int end) {
        fieldsEnd = end;
    }

    // ---- read

    /** The number of field lines. */
    public final int fields() {
        return fields;
    }

    /** The name of a field line, from 0 to {@code fields() - 1}, as it was sent. */
    public final Ascii name(int line) {
        names = ensureViews(names);
        return names[line].set(at(line, NAME_START), at(line, NAME_LENGTH));
    }

    /** The value of a field line, without the blanks around it. */
    public final Ascii value(int line) {
        values = ensureViews(values);
        return values[line].set(at(line, VALUE_START), at(line, VALUE_LENGTH));
    }

    /** Whether a field line is of a known field. */
    public final boolean is(int line, FieldName name) {
        return at(line, ID) == name.id();
    }

    /** The field of a line when it is a known one and not hidden, else null. */
    public final @Nullable FieldName known(int line) {
        return FieldName.byId(id(line));
    }

    /** Whether the head has the field. */
    public final boolean has(FieldName name) {
        return (present & name.bit()) != 0;
    }

    /** The first line of the field, or -1. */
    public final int first(FieldName name) {
        return has(name) ? next(name, -1) : -1;
    }

    /** The first line of the field after {@code line}, or -1. */
    public final int next(FieldName name, int line) {
        for (int i = line + 1; i < fields; i++) {
            if (at(i, ID) == name.id()) {
                return i;
            }
        }
        return -1;
    }

    /** The number of lines of the field. */
    public final int count(FieldName name) {
        int count = 0;
        for (int line = first(name); line >= 0; line = next(name, line)) {
            count++;
        }
        return count;
    }

    /** The value of a known field, several lines joined by {@code ", "}, or null when there is none. */
    public @Nullable Ascii field(FieldName name) {
        int line = first(name);
        if (line < 0) {
            return null;
        }
        return (repeated & name.bit()) == 0 ? value(line) : join(line);
    }

    /** The value of a field by its lower-case name, several lines joined by {@code ", "}, or null when there is none. */
    public @Nullable Ascii field(String lowerCaseName) {
        FieldName known = FieldName.of(lowerCaseName);
        if (known != null) {
            return field(known);
        }
        for (int line = 0; line < fields; line++) {
            if (at(line, ID) == UNKNOWN && named(line, lowerCaseName)) {
                return nextSame(line, line) < 0 ? value(line) : join(line);
            }
        }
        return null;
    }

    /** Whether one of the elements of a field, a list of tokens, is {@code lowerCaseToken}, whatever its case. */
    final boolean lists(FieldName name, String lowerCaseToken, Elements elements) {
        for (int line = first(name); line >= 0; line = next(name, line)) {
            int start = valueStart(line);
            elements.over(bytes, start, start + valueLength(line));
            while (elements.next()) {
                if (elements.is(lowerCaseToken)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Copies the field lines that go on, one run of adjacent lines at a time: neither hop-by-hop ones nor those dropped.
     */
    public final void copyFields(ByteBuf out, FieldSet dropped) {
        copyFields(out, dropped.known(), dropped);
    }

    /** As {@link #copyFields(ByteBuf, FieldSet)}, dropping one field more. */
    public final void copyFields(ByteBuf out, FieldSet dropped, FieldName alsoDropped) {
        copyFields(out, dropped.known() | alsoDropped.bit(), dropped);
    }

    private void copyFields(ByteBuf out, long known, FieldSet dropped) {
        long excluded = known | FieldSet.HOP_BY_HOP.known();
        int run = 0;
        for (int line = 0; line < fields; line++) {
            if (!goesOn(line, excluded, dropped)) {
                copyLines(out, run, line);
                run = line + 1;
            }
        }
        copyLines(out, run, fields);
    }

    /** Whether a field line goes on: neither a hop-by-hop one, nor a hidden one, nor one of those dropped. */
    public final boolean goesOn(int line, FieldSet dropped) {
        return goesOn(line, dropped.known() | FieldSet.HOP_BY_HOP.known(), dropped);
    }

    private boolean goesOn(int line, long excluded, FieldSet dropped) {
        int id = id(line);
        return id >= 0 ? (excluded & 1L << id) == 0 : id == UNKNOWN && !dropped.containsUnknown(this, line);
    }

    private void copyLines(ByteBuf out, int from, int to) {
        if (from < to) {
            out.writeBytes(bytes, lineStart(from), lineStart(to) - lineStart(from));
        }
    }

    /** Writes text; views of heads and phrases are copied at once. Other text must be free of controls. */
    public static void write(ByteBuf out, Ascii text) {
        if (text instanceof Span span) {
            span.writeTo(out);
            return;
        }
        if (text instanceof Phrase phrase) {
            phrase.writeTo(out);
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            int octet = text.at(i);
            if (!Octets.isFieldContent(octet)) {
                throw new IllegalArgumentException("control character in text to be written into a head");
            }
            out.writeByte(octet);
        }
    }

    /** Writes a number as 16 hexadecimal digits in lower case. */
    public static void writeHex(ByteBuf out, long number) {
        out.writeLong(Octets.hexDigits((int) (number >>> 32)));
        out.writeLong(Octets.hexDigits((int) number));
    }

    // ---- for the rest of the package

    /** The known fields that stand in more than one line. */
    final long repeated() {
        return repeated;
    }

    final int valueStart(int line) {
        return at(line, VALUE_START);
    }

    final int valueLength(int line) {
        return at(line, VALUE_LENGTH);
    }

    /** Offset of the first byte of a line, or, for {@code line == fields()}, the end of all lines. */
    final int lineStart(int line) {
        return line == fields ? fieldsEnd : at(line, NAME_START);
    }

    /** The number of a line's field, {@link #UNKNOWN}, or {@link #HIDDEN}. */
    final int id(int line) {
        return at(line, ID);
    }

    final boolean named(int line, String lowerCase) {
        int start = at(line, NAME_START);
        return Octets.equalsLowerCase(bytes, start, start + at(line, NAME_LENGTH), lowerCase);
    }

    /** Marks all lines of an unknown field as hop-by-hop; the name is a range of this head. */
    final void markListed(int nameStart, int nameLength) {
        for (int line = 0; line < fields; line++) {
            if (at(line, ID) == UNKNOWN
                    && at(line, NAME_LENGTH) == nameLength
                    && Octets.equalsIgnoreCase(bytes, at(line, NAME_START), nameStart, nameLength)) {
                index[line * STRIDE + ID] = HIDDEN;
            }
        }
    }

    /** Makes room for {@code length} bytes after those that are filled, counts them as filled, and says where they begin. */
    public final int extend(int length) {
        reserve(length);
        int start = filled;
        filled += length;
        return start;
    }

    private void reserve(int length) {
        int needed = filled + length + SLACK;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
    }

    private int at(int line, int part) {
        return index[line * STRIDE + part];
    }

    private Span[] ensureViews(Span[] views) {
        if (views.length >= fields) {
            return views;
        }
        Span[] grown = Arrays.copyOf(views, Math.max(fields, INITIAL_FIELDS));
        for (int i = views.length; i < grown.length; i++) {
            grown[i] = new Span(this).set(0, NOT_JOINED);
        }
        return grown;
    }

    private int nextSame(int first, int line) {
        for (int i = line + 1; i < fields; i++) {
            boolean same = at(i, ID) == at(first, ID)
                    && (at(first, ID) >= 0
                            || (at(i, NAME_LENGTH) == at(first, NAME_LENGTH)
                                    && Octets.equalsIgnoreCase(
                                            bytes, at(i, NAME_START), at(first, NAME_START), at(first, NAME_LENGTH))));
            if (same) {
                return i;
            }
        }
        return -1;
    }

    private Ascii join(int first) {
        joined = ensureViews(joined);
        if (joined[first].length() != NOT_JOINED) {
            return joined[first];
        }
        int start = filled;
        for (int line = first; line >= 0; line = nextSame(first, line)) {
            if (line != first) {
                int separator = extend(2);
                bytes[separator] = ',';
                bytes[separator + 1] = ' ';
            }
            int to = extend(valueLength(line));
            System.arraycopy(bytes, valueStart(line), bytes, to, valueLength(line));
        }
        return joined[first].set(start, filled - start);
    }
}
