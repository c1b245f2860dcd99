package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;
import org.jspecify.annotations.Nullable;

/** What requests and responses share: version, body, and what {@code Connection} says (RFC 9110, section 7.6.1). */
public abstract sealed class MessageHead extends Head permits RequestHead, ResponseHead {
    /** More options than any connection has use for; each is looked for in all lines. */
    private static final int MAX_CONNECTION_OPTIONS = 32;

    private static final String FORWARDED_PREFIX = "x-forwarded-";

    final Elements elements = new Elements();

    private int minorVersion = 1;
    private boolean http2;
    private long contentLength = -1;
    private boolean chunked;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrade;

    @Override
    public void reset() {
        super.reset();
        minorVersion = 1;
        http2 = false;
        contentLength = -1;
        chunked = false;
        close = false;
        keepAlive = false;
        upgrade = false;
    }

    /** The version as the sender's. */
    public final Version version() {
        if (http2) {
            return Version.HTTP_2;
        }
        return minorVersion == 0 ? Version.HTTP_1_0 : Version.HTTP_1_1;
    }

    /** What the sender understands of HTTP/1: 0 with HTTP/1.0, else 1. */
    public final int minorVersion() {
        return minorVersion;
    }

    /** What ends the body. */
    public abstract Framing framing();

    /**
     * The value of {@code Content-Length}, or -1 when there is none. With {@link Framing#NONE} it only tells what a
     * response to another request would have had.
     */
    public final long contentLength() {
        return contentLength;
    }

    /** Whether the sender means to keep the connection open after this message (RFC 9112, section 9.3). */
    public boolean persistent() {
        return !close && (minorVersion == 1 || keepAlive);
    }

    /**
     * The protocols of {@code Upgrade}, or null when the message is HTTP/1.0 or {@code Connection} does not name it, so
     * that it counts for nothing (RFC 9110, section 7.8).
     */
    public final @Nullable Ascii upgrade() {
        return upgrade && minorVersion == 1 ? field(FieldName.UPGRADE) : null;
    }

    final void minorVersion(int minorVersion) {
        this.minorVersion = minorVersion;
    }

    final boolean chunked() {
        return chunked;
    }

    /** Says that the message came in HTTP/2. */
    final void http2() {
        http2 = true;
    }

    /** Counts as a message that asks for the protocol of its {@code Upgrade}. */
    final void upgrading() {
        upgrade = true;
    }

    /** Has no body although HTTP/2 goes on after it, or one of no bytes that is told of. */
    final void contentLength(long length) {
        contentLength = length;
    }

    /**
     * Reads the field that announces the length of a body in HTTP/2, once all are there.
     *
     * @param end whether nothing follows the head
     */
    final @Nullable Fault readLength(boolean end) {
        if (!has(FieldName.CONTENT_LENGTH)) {
            chunked = !end;
            return null;
        }
        Fault fault = readContentLength();
        return fault == null && end && contentLength > 0 ? Fault.BODY_LENGTH : fault;
    }

    /** Reads the two fields that frame a body, once all are there. */
    final @Nullable Fault readFraming() {
        if (has(FieldName.TRANSFER_ENCODING)) {
            return readTransferEncoding();
        }
        return has(FieldName.CONTENT_LENGTH) ? readContentLength() : null;
    }

    private @Nullable Fault readTransferEncoding() {
        if (has(FieldName.CONTENT_LENGTH)) {
            return Fault.LENGTH_AND_CODING;
        }
        if (minorVersion == 0) {
            return Fault.TRANSFER_CODING_IN_1_0;
        }
        int line = first(FieldName.TRANSFER_ENCODING);
        if (next(FieldName.TRANSFER_ENCODING, line) >= 0) {
            return Fault.TRANSFER_CODING;
        }
        int start = valueStart(line);
        int end = start + valueLength(line);
        chunked = Octets.equalsLowerCase(bytes(), start, end, "chunked");
        return chunked ? null : otherCoding(start, end);
    }

    /** Known codings under one final chunked are sound but not spoken here; all else cannot be framed. */
    private Fault otherCoding(int start, int end) {
        elements.over(bytes(), start, end);
        boolean known = false;
        boolean last = false;
        while (elements.next()) {
            if (last) {
                return Fault.TRANSFER_CODING;
            }
            last = elements.is("chunked");
            boolean compression = elements.is("gzip")
                    || elements.is("x-gzip")
                    || elements.is("deflate")
                    || elements.is("compress")
                    || elements.is("x-compress");
            if (!last && !compression) {
                return Fault.TRANSFER_CODING;
            }
            known |= compression;
        }
        return known && last ? Fault.TRANSFER_CODING_UNSUPPORTED : Fault.TRANSFER_CODING;
    }

    private @Nullable Fault readContentLength() {
        int line = first(FieldName.CONTENT_LENGTH);
        if (next(FieldName.CONTENT_LENGTH, line) >= 0) {
            return Fault.CONTENT_LENGTH_REPEATED;
        }
        contentLength = number(line);
        return contentLength < 0 ? Fault.CONTENT_LENGTH : null;
    }

    /** The value of a line as a number of digits alone that fits a long; -1 when it is none. */
    final long number(int line) {
        byte[] bytes = bytes();
        int start = valueStart(line);
        int end = start + valueLength(line);
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return start == end ? -1 : value;
    }

    /** Reads what Connection says, once all fields are there. */
    final @Nullable Fault readConnection() {
        byte[] bytes = bytes();
        int options = 0;
        for (int line = first(FieldName.CONNECTION); line >= 0; line = next(FieldName.CONNECTION, line)) {
            int start = valueStart(line);
            elements.over(bytes, start, start + valueLength(line));
            while (elements.next()) {
                if (!Octets.isToken(bytes, elements.start(), elements.end()) || ++options > MAX_CONNECTION_OPTIONS) {
                    return Fault.CONNECTION;
                }
                readOption(bytes);
            }
        }
        return null;
    }

    /**
     * An option may take away only fields that this relay does not know: those that it does are either always
     * hop-by-hop, or end-to-end whatever a client says, as are all that tell where a request came from.
     */
    private void readOption(byte[] bytes) {
        int start = elements.start();
        int length = elements.end() - start;
        if (elements.is("close")) {
            close = true;
        } else if (elements.is("keep-alive")) {
            keepAlive = true;
        } else if (elements.is("upgrade")) {
            upgrade = true;
        } else if (FieldName.idOf(bytes, start, length) < 0
                && !(length >= FORWARDED_PREFIX.length()
                        && Octets.equalsLowerCase(bytes, start, start + FORWARDED_PREFIX.length(), FORWARDED_PREFIX))) {
            markListed(start, length);
        }
    }
}
