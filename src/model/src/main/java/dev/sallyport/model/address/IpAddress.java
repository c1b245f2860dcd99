package dev.sallyport.model.address;

import dev.sallyport.model.request.Ascii;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address as a number of 128 bits. An IPv4 address is held in its mapped form {@code ::ffff:0:0/96}
 * (RFC 4291, section 2.5.5.2), so the two spellings of one address are equal.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record IpAddress(long high, long low) implements Comparable<IpAddress> {
    private static final long MAPPED = 0xffffL;

    /** The IPv4 address of these 32 bits. */
    public static IpAddress v4(int bits) {
        return new IpAddress(0, MAPPED << 32 | Integer.toUnsignedLong(bits));
    }

    public static IpAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? v4((int) number(bytes, 0, 4))
                : new IpAddress(number(bytes, 0, 8), number(bytes, 8, 16));
    }

    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number << 8 | bytes[i] & 0xff;
        }
        return number;
    }

    /**
     * The address that a literal stands for: IPv4 as four decimal numbers without leading zeros, IPv6 in any form of
     * RFC 4291, section 2.2, without brackets. Null for anything else, zone ids and the shortened, octal or hexadecimal
     * IPv4 forms among it.
     */
    public static @Nullable IpAddress parse(String literal) {
        return parse(Ascii.of(literal));
    }

    /** As {@link #parse(String)}. */
    public static @Nullable IpAddress parse(Ascii literal) {
        return parse(literal, literal.length());
    }

    /** As {@link #parse(String)}, on the first {@code length} bytes. */
    public static @Nullable IpAddress parse(Ascii literal, int length) {
        for (int i = 0; i < length && i < 5; i++) {
            if (literal.at(i) == ':') {
                return parseV6(literal, length);
            }
        }
        long bits = parseV4(literal, 0, length);
        return bits < 0 ? null : v4((int) bits);
    }

    /** The 32 bits, or -1. */
    private static long parseV4(Ascii text, int from, int to) {
        long bits = 0;
        int at = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at >= to || text.at(at++) != '.')) {
                return -1;
            }
            int start = at;
            int number = 0;
            while (at < to && at - start < 3 && isDigit(text.at(at))) {
                number = number * 10 + text.at(at++) - '0';
            }
            boolean leadingZero = at - start > 1 && text.at(start) == '0';
            if (at == start || leadingZero || number > 255) {
                return -1;
            }
            bits = bits << 8 | number;
        }
        return at == to ? bits : -1;
    }

    private static @Nullable IpAddress parseV6(Ascii text, int length) {
        long high = 0;
        long low = 0;
        int groups = 0;
        int gap = -1;
        int at = 0;
        if (length >= 2 && text.at(0) == ':' && text.at(1) == ':') {
            gap = 0;
            at = 2;
        }
        while (at < length) {
            int start = at;
            int group = 0;
            while (at < length && at - start < 5 && hexDigit(text.at(at)) >= 0) {
                group = group << 4 | hexDigit(text.at(at++));
            }
            long bits = -1;
            if (at < length && text.at(at) == '.') {
                bits = parseV4(text, start, length);
                at = length;
                if (bits < 0 || groups > 6) {
                    return null;
                }
            } else if (at == start || at - start > 4 || groups > 7) {
                return null;
            }
            int shift = bits >= 0 ? 32 : 16;
            high = high << shift | low >>> (64 - shift);
            low = low << shift | (bits >= 0 ? bits : group);
            groups += shift / 16;
            if (at == length) {
                break;
            }
            if (text.at(at++) != ':' || at == length) {
                return null;
            }
            if (text.at(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = groups;
                at++;
            }
        }
        if (gap < 0) {
            return groups == 8 ? new IpAddress(high, low) : null;
        }
        return groups > 7 ? null : spread(high, low, groups, gap);
    }

    /** Moves all but the first {@code gap} of {@code groups} groups of 16 bits apart, so that there are eight. */
    private static IpAddress spread(long high, long low, int groups, int gap) {
        int[] all = new int[8];
        for (int i = 0; i < groups; i++) {
            int fromEnd = groups - 1 - i;
            long half = fromEnd < 4 ? low >>> 16 * fromEnd : high >>> 16 * (fromEnd - 4);
            all[i < gap ? i : 7 - fromEnd] = (int) half & 0xffff;
        }
        long first = 0;
        long second = 0;
        for (int i = 0; i < 4; i++) {
            first = first << 16 | all[i];
            second = second << 16 | all[i + 4];
        }
        return new IpAddress(first, second);
    }

    public boolean isV4() {
        return high == 0 && low >>> 32 == MAPPED;
    }

    /** {@code 0.0.0.0} or {@code ::}, which stand for all addresses of a host where they are bound. */
    public boolean isUnspecified() {
        return isV4() ? v4Bits() == 0 : high == 0 && low == 0;
    }

    /** {@code 127.0.0.0/8} or {@code ::1}. */
    public boolean isLoopback() {
        return isV4() ? v4Bits() >>> 24 == 127 : high == 0 && low == 1;
    }

    /** The 32 bits of an IPv4 address. */
    public int v4Bits() {
        return (int) low;
    }

    public InetAddress toInetAddress() {
        byte[] bytes = isV4()
                ? ByteBuffer.allocate(4).putInt(v4Bits()).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int compareTo(IpAddress other) {
        int upper = Long.compareUnsigned(high, other.high);
        return upper != 0 ? upper : Long.compareUnsigned(low, other.low);
    }

    /** The literal: IPv4 as four decimal numbers, IPv6 in the form of RFC 5952 without brackets. */
    @Override
    public String toString() {
        if (isV4()) {
            int bits = v4Bits();
            return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
        }
        int zeros = 0;
        int zerosAt = -1;
        for (int i = 0; i < 8; i++) {
            int run = i;
            while (run < 8 && group(run) == 0) {
                run++;
            }
            if (run - i > Math.max(zeros, 1)) {
                zeros = run - i;
                zerosAt = i;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == zerosAt) {
                text.append("::");
                i += zeros - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int index) {
        return (int) ((index < 4 ? high : low) >>> 16 * (3 - index % 4)) & 0xffff;
    }

    private static int hexDigit(int octet) {
        if (isDigit(octet)) {
            return octet - '0';
        }
        int letter = Ascii.lowerCase(octet);
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private static boolean isDigit(int octet) {
        return octet >= '0' && octet <= '9';
    }
}
