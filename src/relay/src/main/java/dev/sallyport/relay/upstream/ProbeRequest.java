package dev.sallyport.relay.upstream;

import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.FieldSink;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.Phrase;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.h1.RequestParser;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The request of a check. */
final class ProbeRequest implements OutgoingRequest {
    private static final HeadLimits LIMITS = new HeadLimits(8 << 10, 64 << 10, 200);
    private static final Phrase CLOSE = Phrase.of("close");

    private final RequestHead head = new RequestHead();
    private final boolean closing;

    /** @param closing whether the connection is announced to end with it, which HTTP/2 has other means for */
    ProbeRequest(String path, String host, boolean closing) {
        this.closing = closing;
        String text = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: sallyport\r\n\r\n";
        new RequestParser(head, LIMITS).parse(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public boolean upgrading() {
        return false;
    }

    @Override
    public void fields(FieldSink out) {
        out.kept(head, FieldSet.NONE);
        if (closing) {
            out.field(FieldName.CONNECTION, CLOSE);
        }
    }
}
