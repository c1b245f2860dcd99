package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Octets;

/** The version at the end of a request line or the beginning of a status line (RFC 9112, section 2.3). */
final class Versions {
    /** {@code HTTP/} and the major version with its dot. */
    private static final byte[] PREFIX = {'H', 'T', 'T', 'P', '/', '1', '.'};

    /** The length of a version. */
    static final int LENGTH = PREFIX.length + 1;

    /** Another version than 1.0 and 1.1. */
    static final int OTHER = -1;

    /** Not a version. */
    static final int NONE = -2;

    private Versions() {}

    /** Whether {@code HTTP}, in any case, stands somewhere in a range. */
    static boolean named(byte[] bytes, int from, int to) {
        for (int i = from; i + 4 <= to; i++) {
            if (Octets.equalsLowerCase(bytes, i, i + 4, "http")) {
                return true;
            }
        }
        return false;
    }

    /** The minor version of HTTP/1.0 or HTTP/1.1 in a range, or {@link #OTHER}, or {@link #NONE}. */
    static int minor(byte[] bytes, int from, int to) {
        if (to - from != LENGTH) {
            return NONE;
        }
        int last = LENGTH - 1;
        boolean ours = true;
        for (int i = 0; i < last; i++) {
            if (bytes[from + i] != PREFIX[i]) {
                if (i != 5 || !Octets.isDigit(bytes[from + i])) {
                    return NONE;
                }
                ours = false;
            }
        }
        int minor = bytes[from + last] - '0';
        if (minor < 0 || minor > 9) {
            return NONE;
        }
        return ours && minor <= 1 ? minor : OTHER;
    }
}
