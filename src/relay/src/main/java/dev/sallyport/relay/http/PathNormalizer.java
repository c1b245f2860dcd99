package dev.sallyport.relay.http;

import java.util.Arrays;

/**
 * Brings the path of a target into the one form in which it is matched and sent on, so that a rule and the origin
 * cannot read it differently. Percent-encodings of unreserved characters are decoded, the others get upper-case digits;
 * empty and {@code .} segments are dropped and {@code ..} goes up (RFC 3986, section 6.2.2). Ambiguous, and not to be
 * served, is a path with an encoded slash, backslash or NUL, with a {@code ..} that leaves the root, or with
 * parameters on a dot segment, as some origins drop them before they look.
 *
 * <p>An instance is a reusable buffer for one path at a time; the outcome depends on the path alone, and a normal form
 * is its own.
 */
public final class PathNormalizer {
    /** What became of a path. */
    public enum Outcome {
        /** It was in normal form. */
        UNCHANGED,
        /** Its normal form is in {@link #bytes()}. */
        REWRITTEN,
        /** Origins may read it in different ways. */
        AMBIGUOUS
    }

    private static final byte[] HEXADECIMAL = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
    };

    private byte[] out = new byte[256];
    private int length;

    /** Normalizes a path that begins with a slash and whose percent-encodings are well-formed. */
    public Outcome normalize(byte[] bytes, int from, int to) {
        if (isPlain(bytes, from, to)) {
            return Outcome.UNCHANGED;
        }
        if (out.length < to - from) {
            out = new byte[Math.max(to - from, out.length * 2)];
        }
        length = 0;
        int i = from;
        boolean directory = false;
        while (i < to) {
            i++;
            int segment = length;
            out[length++] = '/';
            while (i < to && bytes[i] != '/') {
                i = copy(bytes, i);
                if (i < 0) {
                    return Outcome.AMBIGUOUS;
                }
            }
            directory = false;
            int name = segment + 1;
            int dots = leadingDots(name);
            int size = length - name;
            if (dots > 0 && size > dots && out[name + dots] == ';') {
                return Outcome.AMBIGUOUS;
            }
            if (size == 0 || (dots == 1 && size == 1)) {
                length = segment;
                directory = true;
            } else if (dots == 2 && size == 2) {
                if (segment == 0) {
                    return Outcome.AMBIGUOUS;
                }
                length = parent(segment);
                directory = true;
            }
        }
        if (directory) {
            out[length++] = '/';
        }
        return length == to - from && Arrays.equals(out, 0, length, bytes, from, to)
                ? Outcome.UNCHANGED
                : Outcome.REWRITTEN;
    }

    /** The buffer whose first {@link #length()} bytes are the normal form. */
    public byte[] bytes() {
        return out;
    }

    /** The length of the normal form. */
    public int length() {
        return length;
    }

    /** Whether nothing can need attention: no encoding, and no dot or slash after a slash. */
    private static boolean isPlain(byte[] bytes, int from, int to) {
        int before = 0;
        for (int i = from; i < to; i++) {
            int octet = bytes[i];
            if (octet == '%' || (before == '/' && (octet == '.' || octet == '/'))) {
                return false;
            }
            before = octet;
        }
        return true;
    }

    /** Copies one character or encoding and returns the index after it, or -1 when it is not to be served. */
    private int copy(byte[] bytes, int i) {
        if (bytes[i] != '%') {
            out[length++] = bytes[i];
            return i + 1;
        }
        int value = Octets.hexValue(bytes[i + 1]) << 4 | Octets.hexValue(bytes[i + 2]);
        if (value == '/' || value == '\\' || value == 0) {
            return -1;
        }
        if (Octets.isUnreserved(value)) {
            out[length++] = (byte) value;
        } else {
            out[length++] = '%';
            out[length++] = HEXADECIMAL[value >> 4];
            out[length++] = HEXADECIMAL[value & 15];
        }
        return i + 3;
    }

    /** The number of dots at an index of the output: 0, 1, 2, or 0 for more, which are a name. */
    private int leadingDots(int start) {
        int i = start;
        while (i < length && out[i] == '.') {
            i++;
        }
        return i - start <= 2 ? i - start : 0;
    }

    /** The end of what remains when the last segment before {@code segment} is taken away. */
    private int parent(int segment) {
        int i = segment - 1;
        while (out[i] != '/') {
            i--;
        }
        return i;
    }
}
