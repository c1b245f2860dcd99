package dev.sallyport.relay.http.h1;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.FieldSink;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** Writes the heads of outgoing requests as HTTP/1.1, one after another. */
public final class FieldWriter implements FieldSink {
    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /**
     * Writes a whole head.
     *
     * @param origin {@code Host} when a client of HTTP/1.0 named none
     */
    public void write(ByteBuf to, OutgoingRequest request, InetSocketAddress origin) {
        out = to;
        RequestHead head = request.head();
        HeadWriter.requestLine(out, head);
        if (head.authority().length() == 0) {
            field(FieldName.HOST, Ascii.of(NetUtil.toSocketAddressString(origin)));
        }
        request.fields(this);
        HeadWriter.connection(out, head, request.upgrading());
        HeadWriter.framing(out, head);
        if (head.framing() == Framing.CHUNKED) {
            HeadWriter.trailer(out, head);
        }
        HeadWriter.end(out);
        out = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void kept(RequestHead head, FieldSet dropped) {
        HeadWriter.fields(out, head, dropped);
    }

    @Override
    public void begin(FieldName name) {
        out.writeBytes(name.prefix());
    }

    @Override
    public void text(Ascii text) {
        Head.write(out, text);
    }

    @Override
    public void number(long number) {
        HeadWriter.number(out, number);
    }

    @Override
    public void hex(long number) {
        Head.writeHex(out, number);
    }

    @Override
    public void end() {
        HeadWriter.end(out);
    }
}
