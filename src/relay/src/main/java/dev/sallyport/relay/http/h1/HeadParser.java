package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Octets;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a head out of inbound buffers and reads each line once it is whole. Every byte is looked at a
 * bounded number of times however it arrives, and the outcome does not depend on how the bytes were cut.
 */
public abstract sealed class HeadParser permits RequestParser, ResponseParser, TrailerParser {
    /** The most that is moved before it is looked at, so that little of a body is moved in vain. */
    private static final int BLOCK = 1 << 10;

    private static final byte CR = '\r';
    private static final byte LF = '\n';

    private final Head head;
    private final HeadLimits limits;
    private final boolean hasStartLine;

    private Progress progress = Progress.NEED_MORE;
    private @Nullable Fault fault;
    private int lineStart;
    private int scanned;
    private boolean inFields;

    HeadParser(Head head, HeadLimits limits, boolean hasStartLine) {
        this.head = head;
        this.limits = limits;
        this.hasStartLine = hasStartLine;
        inFields = !hasStartLine;
    }

    /** Forgets the last head and makes ready for the next. */
    public void reset() {
        head.reset();
        progress = Progress.NEED_MORE;
        fault = null;
        lineStart = 0;
        scanned = 0;
        inFields = !hasStartLine;
    }

    /**
     * Takes bytes of {@code in}, advancing its reader index: all of them, or up to the end of the head. Once the head
     * is complete or faulty, nothing more is taken until {@link #reset()}.
     */
    public final Progress parse(ByteBuf in) {
        while (progress == Progress.NEED_MORE) {
            int end = Octets.indexOf(head.bytes(), scanned, head.filled(), LF);
            if (end >= 0) {
                scanned = end + 1;
                readLine(end, in);
            } else {
                scanned = head.filled();
                checkUnended();
                if (progress == Progress.FAILED || !in.isReadable()) {
                    break;
                }
                head.append(in, Math.min(in.readableBytes(), BLOCK));
            }
        }
        return progress;
    }

    /** What is wrong, after {@link Progress#FAILED}; otherwise null. */
    public final @Nullable Fault fault() {
        return fault;
    }

    /** Whether any byte of a head has arrived: a connection that closes before was idle. */
    public final boolean started() {
        return head.filled() > 0;
    }

    /** Reads the start line, if the head has one; returns null, or what is wrong. */
    abstract @Nullable Fault startLine(int from, int to);

    /** Whether one empty line before the start line is passed over. */
    boolean skipsEmptyLine() {
        return false;
    }

    /** Decides on the whole; returns null, or what is wrong. */
    abstract @Nullable Fault complete();

    private void readLine(int feed, ByteBuf in) {
        int end = feed - 1;
        if (!inFields && end - lineStart > limits.startLineBytes()) {
            fail(Fault.START_LINE_TOO_LONG);
        } else if (feed >= limits.headBytes()) {
            fail(Fault.HEAD_TOO_LARGE);
        } else if (end < lineStart || head.bytes()[end] != CR) {
            fail(Fault.LINE_ENDING);
        } else if (!inFields) {
            readStartLine(end);
        } else if (end == lineStart) {
            finish(feed + 1, in);
        } else if (head.fields() == limits.fields()) {
            fail(Fault.TOO_MANY_FIELDS);
        } else {
            readField(end);
        }
        lineStart = feed + 1;
    }

    private void readStartLine(int end) {
        if (end == lineStart && lineStart == 0 && skipsEmptyLine()) {
            return;
        }
        Fault wrong = startLine(lineStart, end);
        if (wrong != null) {
            fail(wrong);
        }
        inFields = true;
    }

    private void readField(int end) {
        byte[] bytes = head.bytes();
        int colon = lineStart;
        while (Octets.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == lineStart || bytes[colon] != ':') {
            fail(Octets.isBlank(bytes[lineStart]) ? Fault.FIELD_FOLDED : Fault.FIELD_NAME);
            return;
        }
        int from = colon + 1;
        int to = end;
        while (from < to && Octets.isBlank(bytes[from])) {
            from++;
        }
        while (from < to && Octets.isBlank(bytes[to - 1])) {
            to--;
        }
        if (Octets.isFieldContent(bytes, from, to)) {
            head.addField(lineStart, colon - lineStart, from, to - from);
        } else {
            fail(Fault.FIELD_VALUE);
        }
    }

    private void finish(int headEnd, ByteBuf in) {
        head.endFields(lineStart);
        int beyond = head.filled() - headEnd;
        head.retract(beyond);
        in.readerIndex(in.readerIndex() - beyond);
        Fault wrong = complete();
        if (wrong != null) {
            fail(wrong);
        } else {
            progress = Progress.COMPLETE;
        }
    }

    /** A line that did not end yet may already be too long. */
    private void checkUnended() {
        if (!inFields && scanned - lineStart > limits.startLineBytes() + 1) {
            fail(Fault.START_LINE_TOO_LONG);
        } else if (scanned >= limits.headBytes()) {
            fail(Fault.HEAD_TOO_LARGE);
        }
    }

    private void fail(Fault wrong) {
        fault = wrong;
        progress = Progress.FAILED;
    }
}
