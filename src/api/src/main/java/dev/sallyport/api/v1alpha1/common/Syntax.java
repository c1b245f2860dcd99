package dev.sallyport.api.v1alpha1.common;

/** What texts in objects look like, as patterns in the common subset of RE2 (the API server) and {@code java.util.regex}. */
public enum Syntax {
    /** A Gateway API duration (GEP-2257). */
    DURATION(
            32,
            "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
            "is not a duration: write up to four numbers of at most five digits, each with h, m, s or ms, such as 1m30s"),

    /** A pattern for host names, with or without a port. */
    HOST_PATTERN(
            261,
            "^(\\*|(\\*?\\.)?" + Part.NAME + "|\\[[0-9A-Fa-f:.]+\\])(" + Part.PORT + ")?$",
            "is not a name pattern: write example.com, *.example.com, .example.com or *, and :PORT behind it where needed,"
                    + " without scheme and path"),

    /** A host name, or a wildcard for all below one. */
    HOSTNAME(
            255,
            "^(\\*\\.)?" + Part.NAME + "$",
            "is not a host name: write shop.example.com or *.example.com, without scheme, port and path"),

    /** The host of a request, with or without a port. */
    HOST(
            261,
            "^" + Part.NAME + "(" + Part.PORT + ")?$",
            "is not a host: write shop.example.com, and :PORT behind it where needed, without scheme and path"),

    /** A final status of HTTP (RFC 9110, section 15), or a range of them. */
    STATUSES(
            7,
            "^[2-5][0-9]{2}(-[2-5][0-9]{2})?$",
            "is neither a status nor a range of them: write two numbers from 200 to 599 with - between, such as 200-299, or one"),

    /** A network. */
    CIDR(
            64,
            "^(" + Part.NETWORK_4 + "|" + Part.NETWORK_6 + ")$",
            "is not a network: write an address, a slash and the length of the prefix, such as 10.0.0.0/8 or 2001:db8::/32"),

    /** A network, with or without a port. */
    CIDR_WITH_PORT(
            64,
            "^(" + Part.NETWORK_4 + "(" + Part.PORT + ")?|" + Part.NETWORK_6 + "|\\[" + Part.NETWORK_6 + "\\]"
                    + Part.PORT + ")$",
            "is not a network with or without a port: write 10.8.0.0/16, 10.1.2.3/32:8443, fd00:1::/32 or [fd00:1::/32]:443"),

    /** The name of a host, without a wildcard. */
    DNS_NAME(
            253,
            "^[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*$",
            "is not the name of a host: write api.store.svc, without scheme, port and wildcard"),

    /** The name of a Secret or ConfigMap (RFC 1123 subdomain). */
    OBJECT_NAME(
            253,
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
            "is not the name of an object: write lower-case letters, digits, hyphens and dots, a letter or a digit first"
                    + " and last"),

    /** A label as in DNS (RFC 1123). */
    DNS_LABEL(
            63,
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            "is not a DNS label: write lower-case letters, digits and hyphens, a letter or a digit first and last"),

    /** A DNS label, or an asterisk. */
    DNS_LABEL_OR_ALL(
            63,
            "^(\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$",
            "is neither the name of a Service nor *: write lower-case letters, digits and hyphens, a letter or a digit first"
                    + " and last, or * alone"),

    /** A method of HTTP (RFC 9110, section 9.1), of upper-case letters as all registered ones are. */
    METHOD(32, "^[A-Z]+(-[A-Z]+)*$", "is not a method: write upper-case letters, such as GET"),

    /** The name of an HTTP field (RFC 9110, section 5.6.2). */
    FIELD_NAME(
            256,
            "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
            "is not the name of a header field: write letters, digits and hyphens"),

    /** A path as it stands in a request's target (RFC 9112, section 3.2), without query. */
    PATH(1024, "^/[^\\s?#]*$", "is not a path: write a slash first, and no spaces, ? or # without percent-encoding");

    private final int maxLength;
    private final String pattern;
    private final String message;

    Syntax(int maxLength, String pattern, String message) {
        this.maxLength = maxLength;
        this.pattern = pattern;
        this.message = message;
    }

    /** The most characters that the text has. */
    public int maxLength() {
        return maxLength;
    }

    /** What the whole text matches. */
    public String pattern() {
        return pattern;
    }

    /** What to say of a text that does not match, to go on from its name. */
    public String message() {
        return message;
    }

    private static final class Part {
        static final String NAME = "[\\p{L}\\p{N}_-]{1,63}(\\.[\\p{L}\\p{N}_-]{1,63})*";
        static final String PORT =
                ":([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
        static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        static final String NETWORK_4 = OCTET + "(\\." + OCTET + "){3}/(3[0-2]|[12]?[0-9])";
        static final String NETWORK_6 = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";
    }
}
