package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.Octets;
import dev.sallyport.relay.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of responses (RFC 9112, section 4). The space after the status code may be missing when no reason
 * follows, as from several origins in wide use; what is sent on has it.
 */
public final class ResponseParser extends HeadParser {
    private static final int CODE = Versions.LENGTH + 1;
    private static final int REASON = CODE + 4;

    private final ResponseHead head;
    private Method method = Method.OTHER;

    /** A parser that fills {@code head}. */
    public ResponseParser(ResponseHead head, HeadLimits limits) {
        super(head, limits, true);
        this.head = head;
    }

    /** Says which method the next response answers, as its framing depends on it. It holds until said again. */
    public void answers(Method method) {
        this.method = method;
    }

    /** The head that is filled: whole after {@link Progress#COMPLETE}. */
    public ResponseHead head() {
        return head;
    }

    @Override
    @Nullable
    Fault startLine(int from, int to) {
        byte[] bytes = head.bytes();
        int length = to - from;
        if (length < REASON - 1
                || bytes[from + Versions.LENGTH] != ' '
                || (length >= REASON && bytes[from + REASON - 1] != ' ')) {
            return Fault.STATUS_LINE;
        }
        int minor = Versions.minor(bytes, from, from + Versions.LENGTH);
        if (minor < 0) {
            return minor == Versions.OTHER ? Fault.VERSION : Fault.STATUS_LINE;
        }
        int status = 0;
        for (int i = from + CODE; i < from + CODE + 3; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return Fault.STATUS_LINE;
            }
            status = status * 10 + bytes[i] - '0';
        }
        int reason = Math.min(from + REASON, to);
        if (status < 100 || !Octets.isFieldContent(bytes, reason, to)) {
            return Fault.STATUS_LINE;
        }
        head.statusLine(status, reason, to - reason, minor);
        return null;
    }

    @Override
    @Nullable
    Fault complete() {
        return head.complete(method);
    }
}
