package dev.sallyport.relay.trace;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Tracing;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSink;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.Octets;
import dev.sallyport.relay.http.Phrase;
import java.util.random.RandomGenerator;

/**
 * The trace of one request, if it has one: its id, the span that the relay is in it, and the span that the request came
 * from. It is used again for the next request. All tries to send a request on tell the same span.
 *
 * <p>What came is read as strictly as the W3C says, and what goes on is written anew, by version 00, with the flags that it
 * knows.
 */
public final class Trace {
    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;
    private static final int HALF_ID = 16;

    /** That whoever sent it may have recorded its own part. */
    private static final int SAMPLED = 1;

    /** That the lower 56 bits of the trace's id are random. */
    private static final int RANDOM = 2;

    private static final Phrase VERSION = Phrase.of("00-");
    private static final Phrase DASH = Phrase.of("-");
    private static final Phrase[] ENDS = {Phrase.of("-00"), Phrase.of("-01"), Phrase.of("-02"), Phrase.of("-03")};

    private long high;
    private long low;
    private long span;
    private long parent;
    private int flags;

    /** Begins anew, without a trace. */
    public void clear() {
        high = 0;
        low = 0;
        span = 0;
        parent = 0;
        flags = 0;
    }

    /** Finds out what trace a request belongs to, after {@link #clear}. */
    public void of(Head request, Tracing tracing, RandomGenerator random) {
        boolean continues = tracing != Tracing.RESTART && follows(request);
        if (continues || tracing != Tracing.CONTINUE) {
            span = id(random);
        }
        if (!continues && span != 0) {
            high = random.nextLong();
            low = id(random);
            flags = RANDOM;
        }
    }

    private static long id(RandomGenerator random) {
        long id = random.nextLong();
        return id == 0 ? 1 : id;
    }

    private boolean follows(Head request) {
        int line = request.first(FieldName.TRACEPARENT);
        return line >= 0 && request.next(FieldName.TRACEPARENT, line) < 0 && parse(request.value(line));
    }

    /** Versions to come may say more after a dash; what this one knows is where it was (section 3.2.4). */
    private boolean parse(Ascii text) {
        boolean shaped = text.length() >= LENGTH
                && text.at(TRACE_ID - 1) == '-'
                && text.at(PARENT_ID - 1) == '-'
                && text.at(FLAGS - 1) == '-';
        if (!shaped || !areHexDigits(text, 0, 2)) {
            return false;
        }
        int version = (int) number(text, 0, 2);
        boolean ends = text.length() == LENGTH || version > 0 && text.at(LENGTH) == '-';
        boolean valid = version != 0xFF
                && ends
                && areHexDigits(text, TRACE_ID, PARENT_ID - 1)
                && areHexDigits(text, PARENT_ID, FLAGS - 1)
                && areHexDigits(text, FLAGS, LENGTH);
        if (!valid) {
            return false;
        }
        long first = number(text, TRACE_ID, TRACE_ID + HALF_ID);
        long second = number(text, TRACE_ID + HALF_ID, PARENT_ID - 1);
        long from = number(text, PARENT_ID, FLAGS - 1);
        if ((first | second) == 0 || from == 0) {
            return false;
        }
        high = first;
        low = second;
        parent = from;
        flags = (int) number(text, FLAGS, LENGTH) & (SAMPLED | RANDOM);
        return true;
    }

    private static boolean areHexDigits(Ascii text, int from, int to) {
        for (int i = from; i < to; i++) {
            int octet = text.at(i);
            if (!Octets.isDigit(octet) && (octet < 'a' || octet > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long number(Ascii text, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number << 4 | Octets.hexValue(text.at(i));
        }
        return number;
    }

    /** Tells the fields by which a request says where it belongs: none when there is no trace. */
    public void fields(Head request, FieldSink out) {
        if (span == 0) {
            return;
        }
        out.begin(FieldName.TRACEPARENT);
        out.text(VERSION);
        out.hex(high);
        out.hex(low);
        out.text(DASH);
        out.hex(span);
        out.text(ENDS[flags]);
        out.end();
        Ascii state = parent == 0 ? null : request.field(FieldName.TRACESTATE);
        if (state != null && TraceState.isSound(state)) {
            out.field(FieldName.TRACESTATE, state);
        }
    }

    /** The first half of the trace's id; without a trace, both are 0. */
    public long high() {
        return high;
    }

    /** The second half of the trace's id. */
    public long low() {
        return low;
    }

    /** The id of the relay's own span, or 0 when there is no trace. */
    public long span() {
        return span;
    }

    /** The id of the span that the request came from, or 0 when the trace began here. */
    public long parent() {
        return parent;
    }
}
