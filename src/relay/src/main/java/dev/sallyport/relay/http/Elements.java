package dev.sallyport.relay.http;

/**
 * The elements of a comma-separated field value (RFC 9110, section 5.6.1) one after another, without the blanks around
 * them; empty elements are passed over. Fit for lists of tokens: a quoted comma would separate.
 */
final class Elements {
    private byte[] bytes = {};
    private int position;
    private int limit;
    private int start;
    private int end;

    Elements over(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        position = from;
        limit = to;
        return this;
    }

    boolean next() {
        while (position < limit) {
            int comma = Octets.indexOf(bytes, position, limit, (byte) ',');
            start = position;
            end = comma < 0 ? limit : comma;
            position = end + 1;
            while (start < end && Octets.isBlank(bytes[start])) {
                start++;
            }
            while (start < end && Octets.isBlank(bytes[end - 1])) {
                end--;
            }
            if (start < end) {
                return true;
            }
        }
        return false;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Whether the present element is the present one of {@code other}, whatever their case. */
    boolean same(Elements other) {
        return Octets.equalsIgnoreCase(bytes, start, end, other.bytes, other.start, other.end);
    }

    boolean is(String lowerCase) {
        return Octets.equalsLowerCase(bytes, start, end, lowerCase);
    }
}
