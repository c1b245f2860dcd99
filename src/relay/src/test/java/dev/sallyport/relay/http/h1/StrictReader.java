package dev.sallyport.relay.http.h1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads requests by the letter of the grammar of RFC 9112, with none of the code under test: slow and without mercy. */
final class StrictReader {
    private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
    private static final String CONTENT = "(?:[!-~\u0080-\u00ff](?:[ \t!-~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?";
    private static final Pattern LINE = Pattern.compile("(" + TOKEN + ") ([!-~]+) HTTP/1\\.1\r\n");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):[ \t]*(" + CONTENT + ")[ \t]*\r\n");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,16})\r\n");

    /** What was read of one request. */
    record Request(String method, String target, List<String> fields, String body) {}

    private final String text;
    private int at;

    StrictReader(String text) {
        this.text = text;
    }

    /** All requests of the text; fails unless it is made of whole ones. */
    static List<Request> read(String text) {
        StrictReader reader = new StrictReader(text);
        List<Request> requests = new ArrayList<>();
        while (reader.at < text.length()) {
            requests.add(reader.request());
        }
        return requests;
    }

    private Request request() {
        Matcher line = expect(LINE);
        List<String> fields = new ArrayList<>();
        String length = null;
        boolean chunked = false;
        int hosts = 0;
        while (!text.startsWith("\r\n", at)) {
            Matcher field = expect(FIELD);
            fields.add(field.group(1) + ": " + field.group(2));
            switch (field.group(1).toLowerCase(Locale.ROOT)) {
                case "host" -> hosts++;
                case "content-length" -> {
                    check(length == null && field.group(2).matches("[0-9]{1,18}"), "Content-Length");
                    length = field.group(2);
                }
                case "transfer-encoding" -> {
                    check(!chunked && field.group(2).equals("chunked"), "Transfer-Encoding");
                    chunked = true;
                }
                default -> {}
            }
        }
        at += 2;
        check(hosts <= 1, "more than one Host");
        check(!chunked || length == null, "two framings");
        return new Request(line.group(1), line.group(2), fields, body(length, chunked));
    }

    private String body(@Nullable String length, boolean chunked) {
        StringBuilder body = new StringBuilder();
        if (length != null) {
            body.append(take(Long.parseLong(length)));
        }
        while (chunked) {
            long size = Long.parseLong(expect(CHUNK).group(1), 16);
            body.append(take(size));
            check(text.startsWith("\r\n", at), "chunk not ended");
            at += 2;
            chunked = size > 0;
        }
        return body.toString();
    }

    private String take(long length) {
        check(length <= text.length() - at, "body cut short");
        String taken = text.substring(at, at + (int) length);
        at += (int) length;
        return taken;
    }

    private Matcher expect(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        check(matcher.lookingAt(), pattern.pattern());
        at = matcher.end();
        return matcher;
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what + " at " + at + " of " + text);
        }
    }
}
