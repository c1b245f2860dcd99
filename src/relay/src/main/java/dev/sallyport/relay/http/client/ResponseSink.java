package dev.sallyport.relay.http.client;

import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Receives the response to one request. */
public interface ResponseSink {
    /** An interim response (1xx). The head is true during the call. */
    void onInterim(ResponseHead head);

    /** The head of the final response, true until the response has ended. */
    void onHead(ResponseHead head);

    /** The origin changes the protocol as it was asked to (101). It is the end of a tunnel from now on, which is the sink's. */
    void onUpgrade(ResponseHead head, TunnelEnd end);

    /** A run of the body, to be released. */
    void onData(ByteBuf data);

    /**
     * The response is whole. The origin waits to be released.
     *
     * @param trailers of the response, true during the call; null when there are none
     */
    void onEnd(@Nullable TrailerHead trailers);

    /**
     * The response will not come, or not to its end. The origin is closed.
     */
    void onFailure(Failure why, Extent extent);

    /** Whether more of the body can be taken now. When it is so again, {@link Origin#resume()}. */
    boolean takesData();

    /** No more comes for now: what was held back for company should be sent. */
    void onPause();

    /** More of the request can be written. */
    void onWritable();

    /** How far a request had come when it failed. */
    enum Extent {
        /** The origin says that it did nothing with it. */
        REFUSED,
        /** It was sent, at least in part; nothing of a response arrived. */
        UNANSWERED,
        /** Some of a response arrived. */
        ANSWERED
    }
}
