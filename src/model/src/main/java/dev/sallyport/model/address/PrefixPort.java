package dev.sallyport.model.address;

/**
 * The addresses of a prefix, on one port or on all.
 *
 * @param port the port, or 0 for all
 */
public record PrefixPort(Prefix prefix, int port) {
    /**
     * Reads {@code CIDR}, {@code CIDR:port} or {@code [CIDR]:port}, the last for IPv6. A single address may stand for a CIDR.
     *
     * @throws IllegalArgumentException with a sentence on what was wrong
     */
    public static PrefixPort parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean withPort = bracketed ? colon > text.lastIndexOf(']') : colon >= 0 && colon == text.indexOf(':');
        String prefix = withPort ? text.substring(0, colon) : text;
        if (bracketed) {
            if (!prefix.endsWith("]")) {
                throw new IllegalArgumentException("'" + text + "': the bracket is not closed: write [fd00::/8]:443");
            }
            prefix = prefix.substring(1, prefix.length() - 1);
        }
        return new PrefixPort(Prefix.parse(prefix), withPort ? port(text, text.substring(colon + 1)) : 0);
    }

    private static int port(String text, String digits) {
        if (digits.matches("[1-9][0-9]{0,4}") && Integer.parseInt(digits) <= 65_535) {
            return Integer.parseInt(digits);
        }
        throw new IllegalArgumentException("'" + text + "': the port behind the colon must be from 1 to 65535");
    }

    public boolean contains(IpAddress address, int port) {
        return (this.port == 0 || this.port == port) && prefix.contains(address);
    }

    /** The text that {@link #parse} reads as this. */
    @Override
    public String toString() {
        return port == 0 ? prefix.toString() : (prefix.isV4() ? prefix.toString() : "[" + prefix + "]") + ":" + port;
    }
}
