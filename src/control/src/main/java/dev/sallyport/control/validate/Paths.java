package dev.sallyport.control.validate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The normal form of paths, to which relays bring those of requests before rules see them (RFC 3986, section 6.2.2): needless
 * percent-encodings decoded, empty and dot segments resolved.
 */
final class Paths {
    private static final String UNRESERVED = "-._~";
    private static final String OTHERS = "/!$&'()*+,;=:@";

    private Paths() {}

    /** The normal form of {@code path}, or null when it is no path or one that relays refuse as ambiguous. */
    static @Nullable String normal(String path) {
        if (!path.startsWith("/")) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int octet = octet(path, i);
                if (octet <= 0 || octet == '/' || octet == '\\') {
                    return null;
                }
                text.append(isUnreserved(octet) ? String.valueOf((char) octet) : encoded(octet));
                i += 2;
            } else if (isUnreserved(c) || OTHERS.indexOf(c) >= 0) {
                text.append(c);
            } else {
                return null;
            }
        }
        return withoutDots(text.toString());
    }

    /** Without dot segments and empty ones; null when it leaves the root. */
    private static @Nullable String withoutDots(String path) {
        Deque<String> kept = new ArrayDeque<>();
        boolean directory = false;
        for (String segment : path.substring(1).split("/", -1)) {
            directory = segment.isEmpty() || segment.equals(".") || segment.equals("..");
            if (segment.startsWith(".;") || segment.startsWith("..;")) {
                return null;
            }
            if (segment.equals("..") && kept.pollLast() == null) {
                return null;
            }
            if (!directory) {
                kept.addLast(segment);
            }
        }
        return "/" + String.join("/", kept) + (directory && !kept.isEmpty() ? "/" : "");
    }

    private static int octet(String path, int percent) {
        if (percent + 2 >= path.length()) {
            return -1;
        }
        char high = path.charAt(percent + 1);
        char low = path.charAt(percent + 2);
        return HexFormat.isHexDigit(high) && HexFormat.isHexDigit(low)
                ? HexFormat.fromHexDigit(high) << 4 | HexFormat.fromHexDigit(low)
                : -1;
    }

    private static String encoded(int octet) {
        return "%%%02x".formatted(octet).toUpperCase(Locale.ROOT);
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || UNRESERVED.indexOf(c) >= 0;
    }
}
