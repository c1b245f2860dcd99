package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Octets;
import dev.sallyport.relay.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of requests (RFC 9112, section 3). One empty line before a request line is passed over, as section
 * 2.2 asks of servers, since some clients end a body with one; a second is an error.
 */
public final class RequestParser extends HeadParser {
    private final RequestHead head;

    /** A parser that fills {@code head}. */
    public RequestParser(RequestHead head, HeadLimits limits) {
        super(head, limits, true);
        this.head = head;
    }

    /** The head that is filled: whole after {@link Progress#COMPLETE}. */
    public RequestHead head() {
        return head;
    }

    @Override
    boolean skipsEmptyLine() {
        return true;
    }

    @Override
    @Nullable
    Fault startLine(int from, int to) {
        byte[] bytes = head.bytes();
        int first = Octets.indexOf(bytes, from, to, (byte) ' ');
        int second = first < 0 ? -1 : Octets.indexOf(bytes, first + 1, to, (byte) ' ');
        if (second < 0) {
            return Fault.REQUEST_LINE;
        }
        int minor = Versions.minor(bytes, second + 1, to);
        if (minor < 0) {
            return minor == Versions.OTHER
                    ? Fault.VERSION
                    : Versions.named(bytes, second + 1, to) ? Fault.REQUEST_LINE : Fault.NOT_HTTP;
        }
        return head.requestLine(from, first - from, first + 1, second - first - 1, minor);
    }

    @Override
    @Nullable
    Fault complete() {
        return head.complete();
    }
}
