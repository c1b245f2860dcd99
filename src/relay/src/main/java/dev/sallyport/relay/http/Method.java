package dev.sallyport.relay.http;

/** The methods that the relay treats by name (RFC 9110, section 9; PATCH: RFC 5789). Methods are case-sensitive. */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    CONNECT,
    OPTIONS,
    TRACE,
    PATCH,
    /** Any other token. */
    OTHER;

    /** Whether a request asks for no change of state (RFC 9110, section 9.2.1). */
    public boolean safe() {
        return switch (this) {
            case GET, HEAD, OPTIONS, TRACE -> true;
            case POST, PUT, DELETE, CONNECT, PATCH, OTHER -> false;
        };
    }

    /** Whether several such requests have the effect of one (RFC 9110, section 9.2.2), so that one may be repeated. */
    public boolean idempotent() {
        return safe() || this == PUT || this == DELETE;
    }

    static Method of(byte[] bytes, int start, int length) {
        Method candidate = switch (length) {
            case 3 -> bytes[start] == 'G' ? GET : PUT;
            case 4 -> bytes[start] == 'H' ? HEAD : POST;
            case 5 -> bytes[start] == 'P' ? PATCH : TRACE;
            case 6 -> DELETE;
            case 7 -> bytes[start] == 'C' ? CONNECT : OPTIONS;
            default -> OTHER;
        };
        String name = candidate.name();
        for (int i = 0; i < length; i++) {
            if (candidate == OTHER || bytes[start + i] != name.charAt(i)) {
                return OTHER;
            }
        }
        return candidate;
    }
}
