package dev.sallyport.relay.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The character classes of RFC 3986, 9110 and 9112 over bytes, and searches that take eight bytes at a time. */
public final class Octets {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long SPACES = 0x2020202020202020L;
    private static final long DELETES = 0x7F7F7F7F7F7F7F7FL;

    private static final String ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final boolean[] TOKEN = table(ALPHANUMERIC + "!#$%&'*+-.^_`|~");
    private static final boolean[] NAME = table(ALPHANUMERIC + "-._");

    /** RFC 3986 pchar and the slash, with what WHATWG's URL lets browsers send as it is; the backslash is not in it. */
    private static final boolean[] PATH = table(ALPHANUMERIC + "-._~!$&'()*+,;=:@/%" + "[]^|{}`");

    private static final boolean[] QUERY = table(ALPHANUMERIC + "-._~!$&'()*+,;=:@/%?" + "[]^|{}`\\");
    private static final boolean[] UNRESERVED = table(ALPHANUMERIC + "-._~");

    private Octets() {}

    private static boolean[] table(String members) {
        boolean[] table = new boolean[256];
        for (int i = 0; i < members.length(); i++) {
            table[members.charAt(i)] = true;
        }
        return table;
    }

    /** Whether {@code octet} may stand in a token (RFC 9110, section 5.6.2). */
    public static boolean isToken(int octet) {
        return TOKEN[octet & 0xFF];
    }

    /** Whether all of a range, which must not be empty, may stand in a token. */
    public static boolean isToken(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!TOKEN[bytes[i] & 0xFF]) {
                return false;
            }
        }
        return from < to;
    }

    /** Whether {@code octet} may stand in the name of a host: letters, digits, hyphen, dot, underscore. */
    static boolean isHostName(int octet) {
        return NAME[octet & 0xFF];
    }

    static boolean isPath(int octet) {
        return PATH[octet & 0xFF];
    }

    static boolean isQuery(int octet) {
        return QUERY[octet & 0xFF];
    }

    /** Whether RFC 3986, section 2.3, calls {@code octet} unreserved: its percent-encoding means the same as itself. */
    static boolean isUnreserved(int octet) {
        return UNRESERVED[octet & 0xFF];
    }

    /** Whether {@code octet} is SP or HTAB. */
    public static boolean isBlank(int octet) {
        return octet == ' ' || octet == '\t';
    }

    /** Whether {@code octet} is 0 to 9. */
    public static boolean isDigit(int octet) {
        return octet >= '0' && octet <= '9';
    }

    /** The value of a hexadecimal digit, or -1. */
    public static int hexValue(int octet) {
        if (isDigit(octet)) {
            return octet - '0';
        }
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** The eight hexadecimal digits of a number in lower case, the first one in the highest byte. */
    static long hexDigits(int number) {
        long digits = number & 0xFFFFFFFFL;
        digits = (digits << 16 | digits) & 0x0000FFFF0000FFFFL;
        digits = (digits << 8 | digits) & 0x00FF00FF00FF00FFL;
        digits = (digits << 4 | digits) & 0x0F0F0F0F0F0F0F0FL;
        long letters = (digits + 6 * EACH) >>> 4 & EACH;
        return digits + '0' * EACH + letters * ('a' - '0' - 10);
    }

    /** The first index of {@code octet} in a range, or -1. */
    public static int indexOf(byte[] bytes, int from, int to, byte octet) {
        long pattern = (octet & 0xFF) * EACH;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long difference = (long) LONG.get(bytes, i) ^ pattern;
            long found = (difference - EACH) & ~difference & HIGH;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (bytes[i] == octet) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a range holds only VCHAR, obs-text, SP and HTAB (RFC 9110, section 5.5): no control can hide in it. */
    public static boolean isFieldContent(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long word = (long) LONG.get(bytes, i);
            long delete = word ^ DELETES;
            long controls = (((word - SPACES) & ~word) | ((delete - EACH) & ~delete)) & HIGH;
            if (controls != 0 && !areFieldContent(bytes, i, i + Long.BYTES)) {
                return false;
            }
        }
        return areFieldContent(bytes, i, to);
    }

    private static boolean areFieldContent(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isFieldContent(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code octet} is VCHAR, obs-text, SP or HTAB. */
    public static boolean isFieldContent(int octet) {
        int value = octet & 0xFF;
        return (value >= 0x20 && value != 0x7F) || value == '\t';
    }

    /** Whether a range is {@code lowerCase}, A to Z counting as a to z. */
    public static boolean equalsLowerCase(byte[] bytes, int from, int to, CharSequence lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            int octet = bytes[i];
            int lower = octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
            if (lower != lowerCase.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    /** Whether two ranges of one array are equal, A to Z counting as a to z. */
    static boolean equalsIgnoreCase(byte[] bytes, int one, int other, int length) {
        return equalsIgnoreCase(bytes, one, one + length, bytes, other, other + length);
    }

    /** Whether two ranges are equal, A to Z counting as a to z. */
    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, byte[] other, int otherFrom, int otherTo) {
        if (to - from != otherTo - otherFrom) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            int a = bytes[from + i];
            int b = other[otherFrom + i];
            if (a != b && ((a | 0x20) != (b | 0x20) || (a | 0x20) < 'a' || (a | 0x20) > 'z')) {
                return false;
            }
        }
        return true;
    }
}
