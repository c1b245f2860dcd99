package dev.sallyport.relay.respond;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Disclosure;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.h1.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The head of a request as it goes to an origin: kept fields, what is disclosed of the client, and framing of our own. */
public final class RequestFields {
    /** {@code Expect} is answered by the relay itself. */
    private static final FieldSet ALWAYS_DROPPED = FieldSet.of(FieldName.EXPECT);

    private static final FieldSet REMOVED = ALWAYS_DROPPED.with(
            FieldName.FORWARDED,
            FieldName.X_FORWARDED_FOR,
            FieldName.X_FORWARDED_HOST,
            FieldName.X_FORWARDED_PORT,
            FieldName.X_FORWARDED_PROTO,
            FieldName.X_FORWARDED_PREFIX,
            FieldName.X_REAL_IP);
    private static final FieldSet APPENDED = ALWAYS_DROPPED.with(FieldName.FORWARDED, FieldName.X_FORWARDED_FOR);

    private static final Ascii HTTP = Ascii.of("http");
    private static final byte[] SEPARATOR = ascii(", ");
    private static final byte[] FOR = ascii("for=");
    private static final byte[] HOST = ascii(";host=\"");
    private static final byte[] PROTO = ascii(";proto=http");
    private static final int CRLF = '\r' << 8 | '\n';

    private final Via via;
    private final Client client;

    /** @param client of the connection */
    public RequestFields(Via via, Client client) {
        this.via = via;
        this.client = client;
    }

    /**
     * Writes the whole head.
     *
     * @param publicPort the port that the client connected to, as it knows it
     * @param upgrading whether it goes on asking for another protocol
     * @param origin the origin's address, {@code Host} when a client of HTTP/1.0 named none
     */
    public void write(
            ByteBuf out,
            RequestHead head,
            Disclosure disclosure,
            int publicPort,
            boolean upgrading,
            InetSocketAddress origin) {
        HeadWriter.requestLine(out, head);
        HeadWriter.fields(out, head, dropped(disclosure.forwarding()));
        if (head.authority().length() == 0) {
            HeadWriter.field(out, FieldName.HOST, Ascii.of(NetUtil.toSocketAddressString(origin)));
        }
        switch (disclosure.forwarding()) {
            case REMOVE -> {}
            case REPLACE -> replace(out, head, publicPort);
            case APPEND -> append(out, head, publicPort);
        }
        if (disclosure.viaRequest()) {
            via.write(out, head.minorVersion());
        }
        if (upgrading) {
            HeadWriter.upgrade(out, head);
        }
        HeadWriter.framing(out, head);
        HeadWriter.end(out);
    }

    private static FieldSet dropped(Disclosure.Forwarding forwarding) {
        return switch (forwarding) {
            case REMOVE, REPLACE -> REMOVED;
            case APPEND -> APPENDED;
        };
    }

    private void replace(ByteBuf out, RequestHead head, int publicPort) {
        HeadWriter.field(out, FieldName.X_FORWARDED_FOR, client.address());
        HeadWriter.field(out, FieldName.X_FORWARDED_PROTO, HTTP);
        if (head.authority().length() > 0) {
            HeadWriter.field(out, FieldName.X_FORWARDED_HOST, head.authority());
        }
        HeadWriter.field(out, FieldName.X_FORWARDED_PORT, publicPort);
        out.writeBytes(FieldName.FORWARDED.prefix());
        forwarded(out, head);
    }

    /** What a trusted client said of the first hop stays; the list of hops goes on. */
    private void append(ByteBuf out, RequestHead head, int publicPort) {
        begin(out, head, FieldName.X_FORWARDED_FOR);
        Head.write(out, client.address());
        out.writeShort(CRLF);
        if (!head.has(FieldName.X_FORWARDED_PROTO)) {
            HeadWriter.field(out, FieldName.X_FORWARDED_PROTO, HTTP);
        }
        if (!head.has(FieldName.X_FORWARDED_HOST) && head.authority().length() > 0) {
            HeadWriter.field(out, FieldName.X_FORWARDED_HOST, head.authority());
        }
        if (!head.has(FieldName.X_FORWARDED_PORT)) {
            HeadWriter.field(out, FieldName.X_FORWARDED_PORT, publicPort);
        }
        begin(out, head, FieldName.FORWARDED);
        forwarded(out, head);
    }

    private static void begin(ByteBuf out, RequestHead head, FieldName name) {
        out.writeBytes(name.prefix());
        Ascii known = head.field(name);
        if (known != null) {
            Head.write(out, known);
            out.writeBytes(SEPARATOR);
        }
    }

    private void forwarded(ByteBuf out, RequestHead head) {
        out.writeBytes(FOR);
        Head.write(out, client.node());
        if (head.authority().length() > 0) {
            out.writeBytes(HOST);
            Head.write(out, head.authority());
            out.writeByte('"');
        }
        out.writeBytes(PROTO);
        out.writeShort(CRLF);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
