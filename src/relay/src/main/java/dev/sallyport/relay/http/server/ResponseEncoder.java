package dev.sallyport.relay.http.server;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.h2.HeadEncoder;
import dev.sallyport.relay.respond.Answer;
import io.netty.buffer.ByteBuf;
import java.util.Objects;

/** Writes header blocks of responses, received ones and the relay's own (RFC 9113, section 8.3.2). */
final class ResponseEncoder {
    /** It answers the key of HTTP/1.1, which a client of HTTP/2 did not send. */
    private static final FieldSet UPGRADED = FieldSet.of(FieldName.SEC_WEBSOCKET_ACCEPT);

    private final Worker worker;

    ResponseEncoder(Worker worker) {
        this.worker = worker;
    }

    /** An interim response goes on as it came. */
    void interim(ByteBuf out, ResponseHead head) {
        HeadEncoder.status(out, head.status());
        HeadEncoder.fields(out, head, FieldSet.NONE);
    }

    void response(ByteBuf out, ResponseHead head, boolean via) {
        HeadEncoder.status(out, head.status());
        fields(out, head, FieldSet.NONE, via);
        boolean tells = head.framing() == Framing.LENGTH
                || head.framing() == Framing.NONE && head.contentLength() >= 0 && head.status() != 204;
        if (tells) {
            HeadEncoder.field(out, FieldName.CONTENT_LENGTH, head.contentLength());
        }
    }

    /** What was asked for by RFC 8441 is agreed to by 200; the rest of the handshake was that of HTTP/1.1. */
    void upgrade(ByteBuf out, ResponseHead head, boolean via) {
        HeadEncoder.status(out, 200);
        fields(out, head, UPGRADED, via);
    }

    private void fields(ByteBuf out, ResponseHead head, FieldSet dropped, boolean via) {
        HeadEncoder.fields(out, head, dropped);
        if (!head.has(FieldName.DATE)) {
            HeadEncoder.field(out, FieldName.DATE, worker.dates().now());
        }
        if (via) {
            HeadEncoder.field(out, FieldName.VIA, worker.via().after(head));
        }
        if (head.has(FieldName.TRAILER)) {
            HeadEncoder.field(out, FieldName.TRAILER, Objects.requireNonNull(head.field(FieldName.TRAILER)));
        }
    }

    void answer(ByteBuf out, Answer answer, String hop) {
        HeadEncoder.status(out, answer.status());
        HeadEncoder.field(out, FieldName.DATE, worker.dates().now());
        HeadEncoder.field(out, FieldName.PROXY_STATUS, answer.proxyStatus(hop));
        if (!answer.location().isEmpty()) {
            HeadEncoder.field(out, FieldName.LOCATION, Ascii.of(answer.location()));
        }
        HeadEncoder.field(out, FieldName.CONTENT_TYPE, Answer.PLAIN);
        HeadEncoder.field(out, FieldName.CONTENT_LENGTH, answer.text().length);
    }
}
