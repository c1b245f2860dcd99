package dev.sallyport.api.v1alpha1.common;

/** The patterns of values that several fields have, in the common subset of RE2 (the API server) and {@code java.util.regex}. */
public final class Syntax {
    private static final String LABEL = "[\\p{L}\\p{N}_]([\\p{L}\\p{N}_-]{0,61}[\\p{L}\\p{N}_])?";
    private static final String NAME = LABEL + "(\\." + LABEL + ")*";
    private static final String PORT =
            ":([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String NETWORK_4 = "(" + OCTET + "\\.){3}" + OCTET + "/(3[0-2]|[12]?[0-9])";
    private static final String NETWORK_6 = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";

    /** A Gateway API duration (GEP-2257): up to four numbers of at most five digits, each with h, m, s or ms. */
    public static final String DURATION = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";

    /**
     * A pattern for host names, {@code example.com}, {@code *.example.com}, {@code .example.com} or {@code *}, and maybe a
     * colon and a port from 1 to 65535.
     */
    public static final String HOST_PATTERN = "^(\\*|(\\*?\\.)?" + NAME + ")(" + PORT + ")?$";

    /** A host name, or {@code *.} and one. */
    public static final String HOSTNAME = "^(\\*\\.)?" + NAME + "$";

    /** A network: an IPv4 or IPv6 address, a slash, and the length of the prefix. */
    public static final String CIDR = "^(" + NETWORK_4 + "|" + NETWORK_6 + ")$";

    /** A {@link #CIDR}; or one with a colon and a port from 1 to 65535, an IPv6 one then in brackets. */
    public static final String CIDR_WITH_PORT =
            "^((" + NETWORK_4 + ")(" + PORT + ")?|" + NETWORK_6 + "|\\[" + NETWORK_6 + "\\]" + PORT + ")$";

    /** A label as in DNS (RFC 1123), which is also what Kubernetes takes as the name of a port of a Service. */
    public static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /** The name of an HTTP field (RFC 9110, section 5.6.2). */
    public static final String FIELD_NAME = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

    private Syntax() {}
}
