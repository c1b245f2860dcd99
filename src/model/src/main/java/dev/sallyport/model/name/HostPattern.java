package dev.sallyport.model.name;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.request.Ascii;
import java.net.IDN;
import java.util.Locale;

/**
 * A pattern of hosts, with the port that it may name.
 *
 * @param name the name in A-label form and lower case, or the canonical address literal without brackets; empty for {@code *}
 * @param port the port, or 0 when it names none
 */
public record HostPattern(Kind kind, String name, int port) {
    /** Which hosts a pattern matches. */
    public enum Kind {
        /** {@code example.com}: the name itself. */
        EXACT(""),
        /** {@code *.example.com}: what is below the name at any depth, not the name itself. */
        SUBDOMAINS("*."),
        /** {@code .example.com}: the name and what is below it at any depth. */
        DOMAIN("."),
        /** {@code 192.0.2.1} or {@code [2001:db8::1]}: one address, in whatever spelling. */
        ADDRESS(""),
        /** {@code *}: every host. */
        ANY("*");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /**
     * Reads a pattern, with {@code :port} behind it or without. Names outside ASCII become A-labels (RFC 5891).
     *
     * @throws IllegalArgumentException with a sentence on what was wrong
     */
    public static HostPattern parse(String text) {
        if (text.indexOf('/') >= 0) {
            throw fault(text, "write a host alone, without a scheme, a path or a prefix length");
        }
        int port = 0;
        String host = text;
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean bareV6 = !bracketed && colon != text.indexOf(':');
        if (colon > text.lastIndexOf(']') && !bareV6) {
            port = port(text, text.substring(colon + 1));
            host = text.substring(0, colon);
        }
        if (bracketed) {
            IpAddress address = host.endsWith("]") ? IpAddress.parse(host.substring(1, host.length() - 1)) : null;
            if (address == null || address.isV4() && host.indexOf(':') < 0) {
                throw fault(
                        text, "write an IPv6 address between the brackets, without a zone, as in [2001:db8::1]:443");
            }
            return new HostPattern(Kind.ADDRESS, address.toString(), port);
        }
        if (host.equals("*")) {
            return new HostPattern(Kind.ANY, "", port);
        }
        Kind kind = host.startsWith("*.") ? Kind.SUBDOMAINS : host.startsWith(".") ? Kind.DOMAIN : Kind.EXACT;
        String name = aLabels(text, host.substring(kind.prefix.length()));
        HostKind form = HostKind.of(Ascii.of(name));
        if (!form.isSound()) {
            throw fault(text, form.fault());
        }
        if (form == HostKind.ADDRESS && kind != Kind.EXACT) {
            throw fault(text, "an address has nothing below it");
        }
        String canonical = HostKind.canonical(Ascii.of(name));
        if (form == HostKind.NAME && (canonical.matches("(.*\\.)?-.*|.*-(\\..*)?"))) {
            throw fault(text, "a label begins or ends with a hyphen");
        }
        return new HostPattern(form == HostKind.ADDRESS ? Kind.ADDRESS : kind, canonical, port);
    }

    private static int port(String text, String digits) {
        if (digits.matches("[1-9][0-9]{0,4}") && Integer.parseInt(digits) <= 65_535) {
            return Integer.parseInt(digits);
        }
        throw fault(text, "the port behind the colon must be from 1 to 65535");
    }

    private static String aLabels(String text, String name) {
        if (name.indexOf('*') >= 0) {
            throw fault(text, "a * stands alone, or for all labels before a name as in *.example.com");
        }
        if (name.chars().allMatch(c -> c < 0x80)) {
            return name;
        }
        // java.net.IDN knows the older IDNA2003 alone, which maps these to other names than browsers ask for.
        if (name.chars().anyMatch(c -> c == 'ß' || c == 'ẞ' || c == 'ς' || c == 0x200c || c == 0x200d)) {
            throw fault(
                    text,
                    "it has a character (ß, ς or a joiner) that clients map differently: write its A-label, xn--…");
        }
        try {
            return IDN.toASCII(name).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw fault(text, "it has no A-label form: write it as xn--…");
        }
    }

    private static IllegalArgumentException fault(String text, String fault) {
        return new IllegalArgumentException("'" + text + "' is not a host pattern: " + fault);
    }

    /** Whether a host of a request matches, its port left aside. For many patterns at once: {@link HostPatterns}. */
    public boolean matches(Ascii host) {
        if (!HostKind.of(host).isSound()) {
            return false;
        }
        String canonical = HostKind.canonical(host);
        return switch (kind) {
            case ANY -> true;
            case EXACT, ADDRESS -> canonical.equals(name);
            case SUBDOMAINS -> canonical.endsWith("." + name);
            case DOMAIN -> canonical.equals(name) || canonical.endsWith("." + name);
        };
    }

    /** The text that {@link #parse} reads as this pattern. */
    @Override
    public String toString() {
        String host = name.indexOf(':') >= 0 ? "[" + name + "]" : name;
        return kind.prefix + host + (port == 0 ? "" : ":" + port);
    }
}
