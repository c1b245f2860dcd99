package dev.sallyport.relay.http;

/** Which changes of the protocol (RFC 9110, section 7.8) are passed on, and which answers to them are sound. */
public final class Upgrades {
    private Upgrades() {}

    /**
     * Whether a request asks for other protocols, and none of them is HTTP or TLS: what follows an upgrade to those would
     * be requests that nobody judges. An upgrade may be ignored, and one that is not passed on is.
     */
    public static boolean passOn(RequestHead request) {
        if (request.upgrade() == null) {
            return false;
        }
        Elements protocols = request.elements;
        boolean any = false;
        for (int line = request.first(FieldName.UPGRADE); line >= 0; line = request.next(FieldName.UPGRADE, line)) {
            over(protocols, request, line);
            while (protocols.next()) {
                any = true;
                if (!isOther(request.bytes(), protocols.start(), protocols.end())) {
                    return false;
                }
            }
        }
        return any;
    }

    /** Whether a response changes to protocols that the request named, and to no other. */
    public static boolean agreed(ResponseHead response, RequestHead request) {
        if (response.upgrade() == null) {
            return false;
        }
        Elements protocols = response.elements;
        boolean any = false;
        for (int line = response.first(FieldName.UPGRADE); line >= 0; line = response.next(FieldName.UPGRADE, line)) {
            over(protocols, response, line);
            while (protocols.next()) {
                any = true;
                if (!names(request, protocols)) {
                    return false;
                }
            }
        }
        return any;
    }

    private static boolean names(RequestHead request, Elements protocol) {
        Elements protocols = request.elements;
        for (int line = request.first(FieldName.UPGRADE); line >= 0; line = request.next(FieldName.UPGRADE, line)) {
            over(protocols, request, line);
            while (protocols.next()) {
                if (protocols.same(protocol)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void over(Elements elements, Head head, int line) {
        int start = head.valueStart(line);
        elements.over(head.bytes(), start, start + head.valueLength(line));
    }

    /** Whether a range is {@code name} or {@code name/version}, and names neither HTTP nor TLS. */
    private static boolean isOther(byte[] bytes, int from, int to) {
        int slash = Octets.indexOf(bytes, from, to, (byte) '/');
        int end = slash < 0 ? to : slash;
        return Octets.isToken(bytes, from, end)
                && (slash < 0 || Octets.isToken(bytes, slash + 1, to))
                && !Octets.equalsLowerCase(bytes, from, end, "http")
                && !Octets.equalsLowerCase(bytes, from, end, "https")
                && !Octets.equalsLowerCase(bytes, from, end, "h2")
                && !Octets.equalsLowerCase(bytes, from, end, "h2c")
                && !Octets.equalsLowerCase(bytes, from, end, "h3")
                && !Octets.equalsLowerCase(bytes, from, end, "tls");
    }
}
