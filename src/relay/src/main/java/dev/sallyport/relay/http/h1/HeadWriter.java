package dev.sallyport.relay.http.h1;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.MessageHead;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.Status;
import dev.sallyport.relay.http.TargetForm;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes heads of HTTP/1.1: a start line, the fields that are kept of a received head, fields of our own, the framing, and
 * {@link #end}. Kept fields are copied as runs of bytes, whatever stands for one connection alone is left out
 * ({@link FieldSet#HOP_BY_HOP} and what {@code Connection} lists), and the framing is always written anew.
 */
public final class HeadWriter {
    private static final int CRLF = '\r' << 8 | '\n';
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] STATUS_VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("Connection: upgrade\r\n");
    private static final byte[] TRAILERS = ascii("Connection: TE\r\nTE: trailers\r\n");
    private static final byte[] UPGRADE_TRAILERS = ascii("Connection: upgrade, TE\r\nTE: trailers\r\n");

    private HeadWriter() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Writes a request line as to an origin: in origin form with the path as it is now, in authority form for CONNECT,
     * or {@code *}.
     */
    public static void requestLine(ByteBuf out, RequestHead head) {
        beginRequestLine(out, head);
        if (head.targetForm() == TargetForm.AUTHORITY) {
            text(out, head.authority());
        } else {
            text(out, head.path());
            if (head.hasQuery()) {
                out.writeByte('?');
                text(out, head.query());
            }
        }
        out.writeBytes(VERSION);
    }

    /** Writes a request line with another target than was received, in the form that its recipient expects. */
    public static void requestLine(ByteBuf out, RequestHead head, Ascii target) {
        beginRequestLine(out, head);
        text(out, target);
        out.writeBytes(VERSION);
    }

    private static void beginRequestLine(ByteBuf out, RequestHead head) {
        text(out, head.method());
        out.writeByte(' ');
    }

    /** Writes the status line of a received response, as of HTTP/1.1. */
    public static void statusLine(ByteBuf out, ResponseHead head) {
        out.writeBytes(STATUS_VERSION);
        number(out, head.status());
        out.writeByte(' ');
        text(out, head.reason());
        out.writeShort(CRLF);
    }

    /** Writes the status line of a response of our own, with a status from 100 to 999. */
    public static void statusLine(ByteBuf out, int status) {
        out.writeBytes(Status.line(status));
    }

    /**
     * Writes the fields of a request that go on. {@code Host} is the authority of the target when that has one (RFC
     * 9112, section 3.2.2).
     *
     * @param dropped fields left out besides those that are hop-by-hop
     */
    public static void fields(ByteBuf out, RequestHead head, FieldSet dropped) {
        boolean inTarget = head.targetForm() == TargetForm.ABSOLUTE || head.targetForm() == TargetForm.AUTHORITY;
        if (!inTarget) {
            head.copyFields(out, dropped);
            return;
        }
        if (!dropped.contains(FieldName.HOST)) {
            field(out, FieldName.HOST, head.authority());
        }
        head.copyFields(out, dropped, FieldName.HOST);
    }

    /**
     * Writes the fields of a response that go on.
     *
     * @param dropped fields left out besides those that are hop-by-hop
     */
    public static void fields(ByteBuf out, ResponseHead head, FieldSet dropped) {
        head.copyFields(out, dropped);
    }

    /** Writes the framing of a received request. */
    public static void framing(ByteBuf out, RequestHead head) {
        framing(out, head.framing(), head.contentLength());
    }

    /**
     * Writes the framing of a received response. {@code Content-Length} of one to HEAD or with status 304 goes on, as it
     * tells of another response; with 1xx and 204 it may not (RFC 9110, section 8.6).
     */
    public static void framing(ByteBuf out, ResponseHead head) {
        boolean tells = head.framing() == Framing.NONE
                && head.contentLength() >= 0
                && head.status() >= 200
                && head.status() != 204;
        framing(out, tells ? Framing.LENGTH : head.framing(), head.contentLength());
    }

    /** Writes the field of a framing, if it has one; {@code length} counts with {@link Framing#LENGTH} only. */
    public static void framing(ByteBuf out, Framing framing, long length) {
        switch (framing) {
            case LENGTH -> field(out, FieldName.CONTENT_LENGTH, length);
            case CHUNKED -> out.writeBytes(CHUNKED);
            case NONE, UNTIL_CLOSE -> {}
        }
    }

    /** Writes {@code Connection: close}. */
    public static void close(ByteBuf out) {
        out.writeBytes(CLOSE);
    }

    /** Writes {@code Connection: keep-alive}, which only HTTP/1.0 clients need. */
    public static void keepAlive(ByteBuf out) {
        out.writeBytes(KEEP_ALIVE);
    }

    /** Writes what a request asks of the next connection alone: trailers, and perhaps another protocol. */
    public static void connection(ByteBuf out, RequestHead head, boolean upgrading) {
        Ascii protocols = upgrading ? head.upgrade() : null;
        if (head.acceptsTrailers()) {
            out.writeBytes(protocols == null ? TRAILERS : UPGRADE_TRAILERS);
        } else if (protocols != null) {
            out.writeBytes(UPGRADE);
        }
        if (protocols != null) {
            field(out, FieldName.UPGRADE, protocols);
        }
    }

    /** Writes the {@code Upgrade} of a received response and its {@code Connection} option, if it has them. */
    public static void upgrade(ByteBuf out, ResponseHead head) {
        Ascii protocols = head.upgrade();
        if (protocols != null) {
            out.writeBytes(UPGRADE);
            field(out, FieldName.UPGRADE, protocols);
        }
    }

    /** Writes which trailers a received message announces, if it does. For a chunked body alone. */
    public static void trailer(ByteBuf out, MessageHead head) {
        Ascii announced = head.field(FieldName.TRAILER);
        if (announced != null) {
            field(out, FieldName.TRAILER, announced);
        }
    }

    /** Writes a field of our own. */
    public static void field(ByteBuf out, FieldName name, Ascii value) {
        out.writeBytes(name.prefix());
        text(out, value);
        out.writeShort(CRLF);
    }

    /** Writes a field of our own whose value is a number, not below 0. */
    public static void field(ByteBuf out, FieldName name, long value) {
        out.writeBytes(name.prefix());
        number(out, value);
        out.writeShort(CRLF);
    }

    /** Ends the head. */
    public static void end(ByteBuf out) {
        out.writeShort(CRLF);
    }

    private static void text(ByteBuf out, Ascii text) {
        Head.write(out, text);
    }

    static void number(ByteBuf out, long value) {
        long divisor = 1;
        while (value / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            out.writeByte('0' + (int) (value / divisor % 10));
        }
    }
}
