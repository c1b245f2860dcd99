package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.Head;
import io.netty.buffer.ByteBuf;

/**
 * The code of strings in header blocks (RFC 7541, section 5.2 and appendix B). It is canonical: codes of one length follow
 * each other in the order of what they stand for, after all shorter ones, so that the lengths say all.
 */
final class Huffman {
    private static final int SHORTEST = 5;
    private static final int LONGEST = 30;
    private static final int END_OF_STRING = 256;

    /** How many bits the code of each octet has, and at last that of the end: A is 5, Z is 30. */
    private static final String LENGTHS = "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
            + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
            + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
            + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ";

    /** Codes up to so many bits are looked up at once: those of nearly all text. */
    private static final int QUICK_BITS = 9;

    /** The octet and the length of the code that the bits begin with, or 0. */
    private static final short[] QUICK = new short[1 << QUICK_BITS];

    /** Octets in the order of their codes. */
    private static final short[] ORDER = new short[END_OF_STRING + 1];

    /** For each length the bits, from the left of 32, that no code of up to that length reaches. */
    private static final long[] LIMITS = new long[LONGEST + 1];

    /** For each length what to add to a code to get its place in the order. */
    private static final int[] OFFSETS = new int[LONGEST + 1];

    static {
        int code = 0;
        int place = 0;
        for (int length = SHORTEST; length <= LONGEST; length++) {
            OFFSETS[length] = place - code;
            for (int octet = 0; octet <= END_OF_STRING; octet++) {
                if (LENGTHS.charAt(octet) - 'A' + SHORTEST == length) {
                    for (int i = 0; length <= QUICK_BITS && i < 1 << QUICK_BITS - length; i++) {
                        QUICK[(code << QUICK_BITS - length) + i] = (short) (octet << 4 | length);
                    }
                    ORDER[place++] = (short) octet;
                    code++;
                }
            }
            LIMITS[length] = (long) code << 32 - length;
            code <<= 1;
        }
    }

    private Huffman() {}

    /**
     * Decodes {@code length} bytes of {@code in} to the end of a head.
     *
     * @return false when they are no code, or not ended as they have to be
     */
    static boolean decode(ByteBuf in, int length, Head into) {
        int start = into.extend(length * 8 / SHORTEST);
        byte[] out = into.bytes();
        int at = start;
        int left = length;
        long bits = 0;
        int have = 0;
        while (true) {
            for (; have <= Long.SIZE - Byte.SIZE && left > 0; left--) {
                have += Byte.SIZE;
                bits |= (in.readByte() & 0xFFL) << Long.SIZE - have;
            }
            int quick = QUICK[(int) (bits >>> Long.SIZE - QUICK_BITS)];
            int used = quick == 0 ? length(bits >>> 32) : quick & 15;
            if (used > have) {
                break;
            }
            int octet = quick == 0 ? ORDER[(int) (bits >>> Long.SIZE - used) + OFFSETS[used]] : quick >> 4;
            if (octet == END_OF_STRING) {
                return false;
            }
            out[at++] = (byte) octet;
            bits <<= used;
            have -= used;
        }
        into.retract(into.filled() - at);
        return have < Byte.SIZE && bits == ~(-1L >>> have);
    }

    /** The length of the code that the 32 bits begin with. */
    private static int length(long bits) {
        int length = QUICK_BITS + 1;
        while (length < LONGEST && bits >= LIMITS[length]) {
            length++;
        }
        return length;
    }
}
