package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.Head;
import io.netty.buffer.ByteBuf;

/**
 * Reads the lines of header blocks (RFC 7541) to the end of heads, as {@code name: value}. Blocks refer to what was sent
 * before, so every block of one direction of a connection must pass through, in its order.
 */
final class LineReader {
    private static final int INDEXED_PREFIX = 0x7F;
    private static final int ADDED = 0x40;
    private static final int ADDED_PREFIX = 0x3F;
    private static final int TABLE_SIZE = 0b001;
    private static final int TABLE_SIZE_PREFIX = 0x1F;
    private static final int LITERAL_PREFIX = 0x0F;
    private static final int STRING_PREFIX = 0x7F;
    private static final int SEVEN_BITS = 0x7F;

    /** More bits than any sound number here has. */
    private static final int NUMBER_BITS = 28;

    private static final int BROKEN = -1;

    private final FieldTable table = new FieldTable();
    private final Lines lines;

    LineReader(Lines lines) {
        this.lines = lines;
    }

    /**
     * Reads a block.
     *
     * @return false when it is broken, and so are all that follow
     */
    boolean read(ByteBuf in, Head into) {
        boolean sound = true;
        boolean begun = false;
        while (sound && in.isReadable()) {
            int octet = in.readByte();
            if (octet >>> 5 == TABLE_SIZE) {
                sound = !begun && resize(number(in, octet, TABLE_SIZE_PREFIX));
            } else {
                sound = line(in, octet, into);
                begun = true;
            }
        }
        return sound;
    }

    private boolean resize(int bytes) {
        boolean sound = bytes >= 0 && bytes <= FieldTable.BYTES;
        if (sound) {
            table.resize(bytes);
        }
        return sound;
    }

    private boolean line(ByteBuf in, int octet, Head into) {
        if (octet < 0) {
            return indexed(number(in, octet, INDEXED_PREFIX), into);
        }
        boolean added = (octet & ADDED) != 0;
        return literal(in, number(in, octet, added ? ADDED_PREFIX : LITERAL_PREFIX), into, added);
    }

    private boolean indexed(int number, Head into) {
        if (!table.has(number)) {
            return false;
        }
        int nameLength = table.nameLength(number);
        int valueLength = table.valueLength(number);
        if (lines.wants(nameLength + valueLength)) {
            int start = into.filled();
            table.appendName(number, into);
            separate(into);
            table.appendValue(number, into);
            lines.line(into, start, nameLength, valueLength);
        }
        return true;
    }

    private boolean literal(ByteBuf in, int number, Head into, boolean added) {
        int start = into.filled();
        if (number == 0) {
            if (!string(in, into)) {
                return false;
            }
        } else if (table.has(number)) {
            table.appendName(number, into);
        } else {
            return false;
        }
        int nameLength = into.filled() - start;
        separate(into);
        int value = into.filled();
        if (!string(in, into)) {
            return false;
        }
        int valueLength = into.filled() - value;
        if (added) {
            table.add(into.bytes(), start, nameLength, value, valueLength);
        }
        if (lines.wants(nameLength + valueLength)) {
            lines.line(into, start, nameLength, valueLength);
        } else {
            into.retract(into.filled() - start);
        }
        return true;
    }

    private static void separate(Head into) {
        into.append(':');
        into.append(' ');
    }

    private static boolean string(ByteBuf in, Head into) {
        if (!in.isReadable()) {
            return false;
        }
        int octet = in.readByte();
        int length = number(in, octet, STRING_PREFIX);
        if (length < 0 || length > in.readableBytes()) {
            return false;
        }
        if (octet < 0) {
            return Huffman.decode(in, length, into);
        }
        into.append(in, length);
        return true;
    }

    /** Reads a number (RFC 7541, section 5.1) that begins in the last bits of an octet. */
    private static int number(ByteBuf in, int octet, int prefix) {
        int number = octet & prefix;
        if (number < prefix) {
            return number;
        }
        for (int shift = 0; shift < NUMBER_BITS && in.isReadable(); shift += 7) {
            int next = in.readByte();
            number += (next & SEVEN_BITS) << shift;
            if (next >= 0) {
                return number;
            }
        }
        return BROKEN;
    }

    /** Is told of lines. */
    interface Lines {
        /** Whether a line of so many bytes is to be told, and stays. */
        boolean wants(int bytes);

        /** A line is at the end of {@code head}, from {@code start} on, with a colon and a blank in its middle. */
        void line(Head head, int start, int nameLength, int valueLength);
    }
}
