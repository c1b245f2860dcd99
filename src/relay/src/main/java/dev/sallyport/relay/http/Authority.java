package dev.sallyport.relay.http;

/**
 * Reads {@code host [":" port]} (RFC 3986, section 3.2) without user information. A host is a name of letters, digits,
 * hyphens, underscores and dots, an IPv4 address, or an IPv6 address in brackets. A name whose last label is a number is an IPv4
 * address in four decimal parts or refused, as resolvers read the rest in ways of their own.
 */
final class Authority {
    private static final int MAX_NAME = 254;

    private int hostStart;
    private int hostLength;
    private int port;

    /** Whether the range, which must not be empty, is an authority; its parts can then be had. */
    boolean read(byte[] bytes, int from, int to) {
        if (from == to) {
            return false;
        }
        int end;
        if (bytes[from] == '[') {
            int close = Octets.indexOf(bytes, from, to, (byte) ']');
            if (close < 0 || !isIpv6(bytes, from + 1, close)) {
                return false;
            }
            hostStart = from + 1;
            hostLength = close - hostStart;
            end = close + 1;
        } else {
            end = from;
            while (end < to && Octets.isHostName(bytes[end])) {
                end++;
            }
            if (!isName(bytes, from, end)) {
                return false;
            }
            hostStart = from;
            hostLength = end - from;
        }
        port = -1;
        return end == to || (bytes[end] == ':' && readPort(bytes, end + 1, to));
    }

    /** The offset of the host, after an opening bracket. */
    int hostStart() {
        return hostStart;
    }

    /** The length of the host without brackets. */
    int hostLength() {
        return hostLength;
    }

    /** From 1 to 65535, or -1 when the authority names none. */
    int port() {
        return port;
    }

    private boolean readPort(byte[] bytes, int from, int to) {
        if (from == to || to - from > 5 || bytes[from] == '0') {
            return false;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return false;
            }
            value = value * 10 + bytes[i] - '0';
        }
        port = value;
        return value <= 65535;
    }

    private static boolean isName(byte[] bytes, int from, int to) {
        if (from == to || to - from > MAX_NAME) {
            return false;
        }
        int end = bytes[to - 1] == '.' ? to - 1 : to;
        int label = from;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '.') {
                if (i == label) {
                    return false;
                }
                label = i + 1;
            }
        }
        return label < end && (!isNumber(bytes, label, end) || (end == to && isIpv4(bytes, from, to)));
    }

    private static boolean isNumber(byte[] bytes, int from, int to) {
        boolean hexadecimal = to - from >= 2 && bytes[from] == '0' && (bytes[from + 1] | 0x20) == 'x';
        for (int i = hexadecimal ? from + 2 : from; i < to; i++) {
            if (hexadecimal ? Octets.hexValue(bytes[i]) < 0 : !Octets.isDigit(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIpv4(byte[] bytes, int from, int to) {
        int parts = 0;
        int i = from;
        while (i < to) {
            int start = i;
            int value = 0;
            while (i < to && Octets.isDigit(bytes[i]) && i - start < 3) {
                value = value * 10 + bytes[i++] - '0';
            }
            boolean leadingZero = i - start > 1 && bytes[start] == '0';
            if (i == start || leadingZero || value > 255) {
                return false;
            }
            parts++;
            if (i < to && (bytes[i++] != '.' || i == to)) {
                return false;
            }
        }
        return parts == 4;
    }

    /** RFC 4291, section 2.2, without a zone. */
    private static boolean isIpv6(byte[] bytes, int from, int to) {
        int groups = 0;
        boolean compressed = false;
        int i = from;
        if (to - from >= 2 && bytes[from] == ':') {
            if (bytes[from + 1] != ':') {
                return false;
            }
            compressed = true;
            i = from + 2;
        }
        while (i < to) {
            int start = i;
            while (i < to && Octets.hexValue(bytes[i]) >= 0) {
                i++;
            }
            if (i < to && bytes[i] == '.') {
                groups += 2;
                return isIpv4(bytes, start, to) && (compressed ? groups < 8 : groups == 8);
            }
            if (i == start || i - start > 4) {
                return false;
            }
            groups++;
            if (i == to) {
                break;
            }
            if (bytes[i++] != ':' || i == to) {
                return false;
            }
            if (bytes[i] == ':') {
                if (compressed) {
                    return false;
                }
                compressed = true;
                i++;
            }
        }
        return compressed ? groups < 8 : groups == 8;
    }
}
