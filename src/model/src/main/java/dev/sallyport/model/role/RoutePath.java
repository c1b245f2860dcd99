package dev.sallyport.model.role;

import java.util.HexFormat;
import java.util.Locale;

/** The path of a match in the one form in which the paths of requests come (RFC 3986, section 6.2.2). */
final class RoutePath {
    private RoutePath() {}

    /**
     * @throws IllegalArgumentException when no request has such a path
     */
    static String normal(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("'" + path + "' must begin with a slash");
        }
        if (!path.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '?' && c != '#')) {
            throw new IllegalArgumentException(
                    "'" + path + "' has a character that no path has: write it percent-encoded");
        }
        StringBuilder normal = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) != '%') {
                normal.append(path.charAt(i));
                continue;
            }
            int value = octet(path, i);
            i += 2;
            if (isUnreserved(value)) {
                normal.append((char) value);
            } else {
                normal.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) value));
            }
        }
        String ended = normal + "/";
        if (ended.contains("/./") || ended.contains("/../") || normal.indexOf("//") >= 0) {
            throw new IllegalArgumentException(
                    "'" + path + "' must not have empty segments, '.' or '..': the paths of requests have none left");
        }
        return normal.toString();
    }

    private static int octet(String path, int percent) {
        String digits = path.substring(Math.min(percent + 1, path.length()), Math.min(percent + 3, path.length()));
        if (digits.length() < 2 || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("'" + path + "' has a % without two hexadecimal digits");
        }
        int value = HexFormat.fromHexDigits(digits);
        if (value == '/' || value == '\\' || value == 0) {
            throw new IllegalArgumentException("'" + path + "' has %" + digits.toUpperCase(Locale.ROOT)
                    + ": a request with it in its path is refused");
        }
        return value;
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
    }
}
