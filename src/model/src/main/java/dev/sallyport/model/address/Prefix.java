package dev.sallyport.model.address;

/**
 * The addresses that share their first bits (RFC 4632). IPv4 and IPv6 stay apart: {@code ::/0} has no IPv4 address in
 * it, and {@code ::ffff:10.0.0.0/104} is {@code 10.0.0.0/8}.
 *
 * @param network the lowest address
 * @param length the number of bits that are shared, out of 128: of an IPv4 prefix, 96 more than is written
 */
public record Prefix(IpAddress network, int length) {
    /**
     * Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or one address.
     *
     * @throws IllegalArgumentException when {@code text} is none of these
     */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a prefix: write an address and a length, such as 10.0.0.0/8 or fd00::/8");
        }
        boolean v4 = slash >= 0 && text.lastIndexOf(':', slash) < 0;
        int length = slash < 0 ? 128 : length(text, text.substring(slash + 1), v4 ? 32 : 128) + (v4 ? 96 : 0);
        Prefix prefix =
                new Prefix(new IpAddress(mask(address.high(), length), mask(address.low(), length - 64)), length);
        if (!prefix.network.equals(address)) {
            throw new IllegalArgumentException("'" + text + "' has bits set beyond its length: write " + prefix);
        }
        return prefix;
    }

    private static int length(String text, String digits, int most) {
        boolean number = !digits.isEmpty()
                && digits.length() <= 3
                && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                && (digits.length() == 1 || digits.charAt(0) != '0');
        int length = number ? Integer.parseInt(digits) : -1;
        if (length < 0 || length > most) {
            throw new IllegalArgumentException("'" + text + "': the length must be from 0 to " + most);
        }
        return length;
    }

    private static long mask(long half, int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? half : half & -1L << 64 - bits;
    }

    public boolean contains(IpAddress address) {
        return mask(address.high(), length) == network.high()
                && mask(address.low(), length - 64) == network.low()
                && isV4() == address.isV4();
    }

    public boolean isV4() {
        return length >= 96 && network.isV4();
    }

    @Override
    public String toString() {
        return network + "/" + (isV4() ? length - 96 : length);
    }
}
