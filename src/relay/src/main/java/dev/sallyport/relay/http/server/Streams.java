package dev.sallyport.relay.http.server;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Tells by its type of content whether an exchange is a stream, which lasts as long as its ends like. */
final class Streams {
    private static final String GRPC = "application/grpc";
    private static final String EVENTS = "text/event-stream";

    private Streams() {}

    /** gRPC of any form, gRPC-Web included: whether one call is a stream cannot be seen. */
    static boolean isGrpc(RequestHead request) {
        return isType(request.field(FieldName.CONTENT_TYPE), GRPC, "+-; \t");
    }

    /** Server-sent events. */
    static boolean isEvents(ResponseHead response) {
        return isType(response.field(FieldName.CONTENT_TYPE), EVENTS, "; \t");
    }

    private static boolean isType(@Nullable Ascii content, String type, String follow) {
        return content != null
                && content.startsWithLowerCase(type)
                && (content.length() == type.length() || follow.indexOf(content.at(type.length())) >= 0);
    }
}
