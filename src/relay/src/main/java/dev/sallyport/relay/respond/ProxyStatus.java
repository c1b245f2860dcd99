package dev.sallyport.relay.respond;

import dev.sallyport.model.role.ProxyError;

/** The value of {@code Proxy-Status} (RFC 9209) in the syntax of structured fields (RFC 9651). */
final class ProxyStatus {
    private static final String NAME = "sallyport";

    private ProxyStatus() {}

    /** The value for an answer of our own; what a structured string cannot hold is left out of {@code details}. */
    static String of(ProxyError error, String details) {
        StringBuilder value = new StringBuilder(NAME.length() + details.length() + 48)
                .append(NAME)
                .append("; error=")
                .append(error.token())
                .append("; details=\"");
        for (int i = 0; i < details.length(); i++) {
            char c = details.charAt(i);
            if (c == '"' || c == '\\') {
                value.append('\\');
            }
            if (c >= 0x20 && c < 0x7F) {
                value.append(c);
            }
        }
        return value.append('"').toString();
    }
}
