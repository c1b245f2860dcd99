package dev.sallyport.relay.respond;

import dev.sallyport.model.role.ProxyError;

/** The value of {@code Proxy-Status} (RFC 9209) in the syntax of structured fields (RFC 9651). */
final class ProxyStatus {
    private static final String NAME = "sallyport";

    private ProxyStatus() {}

    /**
     * The value for an answer of our own; what a structured string cannot hold is left out of it.
     *
     * @param hop which of the relays on a way answers, as a parameter of ours: others pass over those that they do not know
     */
    static String of(ProxyError error, String details, String hop) {
        StringBuilder value = new StringBuilder(NAME.length() + details.length() + hop.length() + 56)
                .append(NAME)
                .append("; error=")
                .append(error.token());
        parameter(value, "details", details);
        parameter(value, "hop", hop);
        return value.toString();
    }

    private static void parameter(StringBuilder value, String name, String text) {
        value.append("; ").append(name).append("=\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                value.append('\\');
            }
            if (c >= 0x20 && c < 0x7F) {
                value.append(c);
            }
        }
        value.append('"');
    }
}
