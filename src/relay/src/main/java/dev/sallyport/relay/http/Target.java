package dev.sallyport.relay.http;

import org.jspecify.annotations.Nullable;

/** Reads a request target into its form and the ranges of its parts (RFC 9112, section 3.2; RFC 3986). */
final class Target {
    final Authority authority = new Authority();

    private TargetForm form = TargetForm.ORIGIN;
    private @Nullable Scheme scheme;
    private int authorityStart;
    private int authorityEnd;
    private int pathStart;
    private int pathEnd;
    private int queryStart;
    private int queryEnd;

    @Nullable
    Fault read(byte[] bytes, int from, int to, Method method) {
        scheme = null;
        authorityStart = 0;
        authorityEnd = 0;
        pathStart = 0;
        pathEnd = 0;
        queryStart = 0;
        queryEnd = 0;
        if (from == to) {
            return Fault.TARGET;
        }
        if (method == Method.CONNECT) {
            return readAuthorityForm(bytes, from, to);
        }
        if (bytes[from] == '/') {
            form = TargetForm.ORIGIN;
            return readPath(bytes, from, to);
        }
        if (to - from == 1 && bytes[from] == '*') {
            form = TargetForm.ASTERISK;
            pathStart = from;
            pathEnd = to;
            return method == Method.OPTIONS ? null : Fault.TARGET_FORM;
        }
        form = TargetForm.ABSOLUTE;
        return readAbsoluteForm(bytes, from, to);
    }

    private @Nullable Fault readAuthorityForm(byte[] bytes, int from, int to) {
        form = TargetForm.AUTHORITY;
        authorityStart = from;
        authorityEnd = to;
        if (bytes[from] == '/' || bytes[from] == '*') {
            return Fault.TARGET_FORM;
        }
        return authority.read(bytes, from, to) && authority.port() >= 0 ? null : Fault.TARGET_AUTHORITY;
    }

    private @Nullable Fault readAbsoluteForm(byte[] bytes, int from, int to) {
        int colon = Octets.indexOf(bytes, from, to, (byte) ':');
        if (colon < 0) {
            return Fault.TARGET;
        }
        if (Octets.equalsLowerCase(bytes, from, colon, "http")) {
            scheme = Scheme.HTTP;
        } else if (Octets.equalsLowerCase(bytes, from, colon, "https")) {
            scheme = Scheme.HTTPS;
        } else {
            return Fault.TARGET_SCHEME;
        }
        if (to - colon < 3 || bytes[colon + 1] != '/' || bytes[colon + 2] != '/') {
            return Fault.TARGET;
        }
        authorityStart = colon + 3;
        int end = authorityStart;
        while (end < to && bytes[end] != '/' && bytes[end] != '?') {
            if (bytes[end++] == '@') {
                return Fault.TARGET_USER;
            }
        }
        authorityEnd = end;
        if (!authority.read(bytes, authorityStart, authorityEnd)) {
            return Fault.TARGET_AUTHORITY;
        }
        return readPath(bytes, end, to);
    }

    private @Nullable Fault readPath(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '?') {
            if (!Octets.isPath(bytes[i]) || (bytes[i] == '%' && !isEncoded(bytes, i, to))) {
                return Fault.TARGET;
            }
            i++;
        }
        pathStart = from;
        pathEnd = i;
        queryStart = Math.min(i + 1, to);
        queryEnd = to;
        for (i = queryStart; i < to; i++) {
            if (!Octets.isQuery(bytes[i]) || (bytes[i] == '%' && !isEncoded(bytes, i, to))) {
                return Fault.TARGET;
            }
        }
        return null;
    }

    private static boolean isEncoded(byte[] bytes, int percent, int to) {
        return percent + 2 < to && Octets.hexValue(bytes[percent + 1]) >= 0 && Octets.hexValue(bytes[percent + 2]) >= 0;
    }

    TargetForm form() {
        return form;
    }

    @Nullable
    Scheme scheme() {
        return scheme;
    }

    int authorityStart() {
        return authorityStart;
    }

    int authorityEnd() {
        return authorityEnd;
    }

    int pathStart() {
        return pathStart;
    }

    /** Equal to the start when the path is empty, as that of an absolute form may be. */
    int pathEnd() {
        return pathEnd;
    }

    int queryStart() {
        return queryStart;
    }

    int queryEnd() {
        return queryEnd;
    }
}
