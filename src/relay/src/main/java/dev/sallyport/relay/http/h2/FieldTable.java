package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.Head;

/**
 * The fields that a peer's header blocks refer to (RFC 7541, section 2.3): by number the static ones, then those that it
 * sent last, the latest first. Their text lies in one array, which grows with what the peer makes use of.
 */
final class FieldTable {
    /** The size that a table has when nobody says otherwise (RFC 9113, section 6.5.2). */
    static final int BYTES = 4096;

    private static final int OVERHEAD = 32;
    private static final int MOST_ENTRIES = BYTES / OVERHEAD;
    private static final int LEAST_TEXT = 512;

    private byte[] text = {};
    private int textEnd;

    /** Rings, in which the oldest entry is at {@code oldest}. */
    private int[] starts = {};

    private int[] nameLengths = {};
    private int[] valueLengths = {};
    private int oldest;
    private int entries;
    private int size;
    private int capacity = BYTES;

    boolean has(int number) {
        return number > 0 && number <= StaticTable.SIZE + entries;
    }

    int nameLength(int number) {
        return number <= StaticTable.SIZE ? StaticTable.name(number).length : nameLengths[slot(number)];
    }

    int valueLength(int number) {
        return number <= StaticTable.SIZE ? StaticTable.value(number).length : valueLengths[slot(number)];
    }

    void appendName(int number, Head into) {
        if (number <= StaticTable.SIZE) {
            byte[] name = StaticTable.name(number);
            into.append(name, 0, name.length);
        } else {
            int slot = slot(number);
            into.append(text, starts[slot], nameLengths[slot]);
        }
    }

    void appendValue(int number, Head into) {
        if (number <= StaticTable.SIZE) {
            byte[] value = StaticTable.value(number);
            into.append(value, 0, value.length);
        } else {
            int slot = slot(number);
            into.append(text, starts[slot] + nameLengths[slot], valueLengths[slot]);
        }
    }

    /** Adds an entry; old ones go, as many as have to. One that is larger than the table leaves it empty. */
    void add(byte[] from, int name, int nameLength, int value, int valueLength) {
        int length = nameLength + valueLength;
        shrink(capacity - length - OVERHEAD);
        if (length + OVERHEAD > capacity) {
            return;
        }
        if (starts.length == 0) {
            starts = new int[MOST_ENTRIES];
            nameLengths = new int[MOST_ENTRIES];
            valueLengths = new int[MOST_ENTRIES];
        }
        int start = room(length);
        System.arraycopy(from, name, text, start, nameLength);
        System.arraycopy(from, value, text, start + nameLength, valueLength);
        int slot = (oldest + entries++) % MOST_ENTRIES;
        starts[slot] = start;
        nameLengths[slot] = nameLength;
        valueLengths[slot] = valueLength;
        size += length + OVERHEAD;
    }

    /** Changes how much it holds, up to {@link #BYTES}. */
    void resize(int bytes) {
        capacity = bytes;
        shrink(bytes);
    }

    private void shrink(int most) {
        while (entries > 0 && size > most) {
            size -= nameLengths[oldest] + valueLengths[oldest] + OVERHEAD;
            oldest = (oldest + 1) % MOST_ENTRIES;
            entries--;
        }
    }

    /** Where so much text can go, after that of all entries, which is moved to the front when the end is reached. */
    private int room(int length) {
        int from = entries == 0 ? textEnd : starts[oldest];
        int kept = textEnd - from;
        if (textEnd + length > text.length) {
            byte[] moved = 2 * (kept + length) <= text.length
                    ? text
                    : new byte[Math.max(LEAST_TEXT, 2 * Integer.highestOneBit(2 * (kept + length) - 1))];
            System.arraycopy(text, from, moved, 0, kept);
            for (int i = 0; i < entries; i++) {
                starts[(oldest + i) % MOST_ENTRIES] -= from;
            }
            text = moved;
            textEnd = kept;
        }
        textEnd += length;
        return textEnd - length;
    }

    private int slot(int number) {
        return (oldest + entries - (number - StaticTable.SIZE)) % MOST_ENTRIES;
    }
}
