package dev.sallyport.relay.http.h2;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.FieldSink;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.Phrase;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.WebSockets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Writes header blocks of outgoing requests (RFC 9113, section 8.3.1), one after another. */
public final class RequestEncoder implements FieldSink {
    private static final Phrase HTTP = Phrase.of("http");
    private static final Phrase HTTPS = Phrase.of("https");
    private static final Phrase CONNECT = Phrase.of("CONNECT");
    private static final Phrase WEBSOCKET = Phrase.of("websocket");
    private static final Phrase TRAILERS = Phrase.of("trailers");
    private static final int LENGTH_PREFIX = 127;

    private final Phrase scheme;
    private final Phrase origin;
    private ByteBuf out = Unpooled.EMPTY_BUFFER;
    private FieldSet dropped = FieldSet.NONE;
    private FieldSet droppedWithHost = FieldSet.NONE.with(FieldName.HOST);
    private boolean webSocket;
    private int valueStart;

    /**
     * @param secure whether the connection is over TLS
     * @param origin the authority when a client of HTTP/1.0 named none
     */
    public RequestEncoder(boolean secure, String origin) {
        this.scheme = secure ? HTTPS : HTTP;
        this.origin = Phrase.of(origin);
    }

    /**
     * Writes the block of a request.
     *
     * @param forWebSocket whether it is one {@linkplain WebSockets#asks for a WebSocket}, as an extended CONNECT (RFC 8441)
     */
    public void write(ByteBuf to, OutgoingRequest request, boolean forWebSocket) {
        RequestHead head = request.head();
        out = to;
        webSocket = forWebSocket;
        HeadEncoder.pseudo(out, HeadEncoder.METHOD, webSocket ? CONNECT : head.method());
        if (webSocket) {
            HeadEncoder.field(out, ":protocol", WEBSOCKET);
        }
        HeadEncoder.pseudo(out, HeadEncoder.SCHEME, scheme);
        HeadEncoder.pseudo(out, HeadEncoder.AUTHORITY, head.authority().length() == 0 ? origin : head.authority());
        path(head);
        request.fields(this);
        if (head.framing() == Framing.LENGTH && !webSocket) {
            field(FieldName.CONTENT_LENGTH, head.contentLength());
        }
        if (head.acceptsTrailers()) {
            field(FieldName.TE, TRAILERS);
        }
        out = Unpooled.EMPTY_BUFFER;
    }

    private void path(RequestHead head) {
        out.writeByte(HeadEncoder.PATH);
        int query = head.hasQuery() ? 1 + head.query().length() : 0;
        HeadEncoder.integer(out, 0, LENGTH_PREFIX, head.path().length() + query);
        Head.write(out, head.path());
        if (query > 0) {
            out.writeByte('?');
            Head.write(out, head.query());
        }
    }

    @Override
    public void kept(RequestHead head, FieldSet besides) {
        if (besides != dropped) {
            dropped = besides;
            droppedWithHost = besides.with(FieldName.HOST);
        }
        HeadEncoder.fields(out, head, webSocket ? droppedWithHost.with(FieldName.SEC_WEBSOCKET_KEY) : droppedWithHost);
    }

    @Override
    public void begin(FieldName name) {
        valueStart = HeadEncoder.beginValue(out, name);
    }

    @Override
    public void text(Ascii text) {
        Head.write(out, text);
    }

    @Override
    public void number(long number) {
        Head.write(out, Ascii.of(Long.toString(number)));
    }

    @Override
    public void hex(long number) {
        Head.writeHex(out, number);
    }

    @Override
    public void end() {
        HeadEncoder.endValue(out, valueStart);
    }

    @Override
    public void field(FieldName name, Ascii value) {
        HeadEncoder.field(out, name, value);
    }

    @Override
    public void field(FieldName name, long value) {
        HeadEncoder.field(out, name, value);
    }
}
