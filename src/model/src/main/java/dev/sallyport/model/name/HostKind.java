package dev.sallyport.model.name;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import java.nio.charset.StandardCharsets;

/**
 * What the host that a client names is. A host whose last label is a number is an address or nothing: the spellings
 * that {@code inet_aton} also takes for one ({@code 127.1}, {@code 0x7f000001}, {@code 017700000001}) are faulty, so that no
 * resolver reads an address where a guard saw a name.
 */
public enum HostKind {
    /** A DNS name in ASCII: labels of letters, digits, hyphens and, as found in practice, underscores. */
    NAME(""),
    /** A literal that {@link IpAddress#parse(String)} reads. */
    ADDRESS(""),
    EMPTY("it is empty"),
    TOO_LONG("it has more than 253 characters"),
    EMPTY_LABEL("it has an empty label"),
    LONG_LABEL("it has a label of more than 63 characters"),
    BAD_CHARACTER("it has a character other than letters, digits, hyphens, underscores and dots"),
    BAD_IPV4("it is no name, as its last label is a number, and no IPv4 address of four decimal numbers"),
    BAD_IPV6("it is not an IPv6 address"),
    ZONE("it is an IPv6 address with a zone");

    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;

    private final String fault;

    HostKind(String fault) {
        this.fault = fault;
    }

    /** Whether it is a name or an address. */
    public boolean isSound() {
        return fault.isEmpty();
    }

    /** What is wrong with it, as half a sentence; empty when nothing is. */
    public String fault() {
        return fault;
    }

    /**
     * @param host without port and without the brackets of an IPv6 address; one dot at the end of a name does not count
     */
    public static HostKind of(Ascii host) {
        int length = length(host);
        if (length == 0) {
            return host.length() == 0 ? EMPTY : EMPTY_LABEL;
        }
        int label = 0;
        boolean bad = false;
        for (int i = 0; i <= length; i++) {
            int octet = i == length ? '.' : host.at(i);
            if (octet == ':') {
                return v6(host);
            }
            if (octet == '.') {
                if (i == label) {
                    return EMPTY_LABEL;
                }
                if (i - label > MAX_LABEL) {
                    return LONG_LABEL;
                }
                label = i + 1;
            } else if (!isNameOctet(octet)) {
                bad = true;
            }
            if (i > MAX_NAME) {
                return TOO_LONG;
            }
        }
        if (bad) {
            return BAD_CHARACTER;
        }
        if (!endsInNumber(host, length)) {
            return NAME;
        }
        return IpAddress.parse(host, length) != null ? ADDRESS : BAD_IPV4;
    }

    private static HostKind v6(Ascii host) {
        for (int i = 0; i < host.length(); i++) {
            if (host.at(i) == '%') {
                return ZONE;
            }
        }
        return IpAddress.parse(host) != null ? ADDRESS : BAD_IPV6;
    }

    /** The length of {@code host} without one dot at its end. */
    public static int length(Ascii host) {
        int length = host.length();
        return length > 0 && host.at(length - 1) == '.' ? length - 1 : length;
    }

    /** A sound host as a String: a name in lower case without a dot at its end, an address in its canonical form. */
    public static String canonical(Ascii host) {
        int length = length(host);
        IpAddress address = IpAddress.parse(host, length);
        if (address != null) {
            return address.toString();
        }
        byte[] name = new byte[length];
        for (int i = 0; i < length; i++) {
            name[i] = (byte) Ascii.lowerCase(host.at(i));
        }
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    /** Whether the last label is made of digits, or of hexadecimal digits after {@code 0x}. */
    private static boolean endsInNumber(Ascii host, int length) {
        int start = length;
        while (start > 0 && host.at(start - 1) != '.') {
            start--;
        }
        boolean hexadecimal =
                length - start >= 2 && host.at(start) == '0' && Ascii.lowerCase(host.at(start + 1)) == 'x';
        for (int i = hexadecimal ? start + 2 : start; i < length; i++) {
            int octet = Ascii.lowerCase(host.at(i));
            boolean digit = octet >= '0' && octet <= '9' || hexadecimal && octet >= 'a' && octet <= 'f';
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameOctet(int octet) {
        int letter = Ascii.lowerCase(octet);
        return letter >= 'a' && letter <= 'z' || octet >= '0' && octet <= '9' || octet == '-' || octet == '_';
    }
}
