package dev.sallyport.relay.http.client;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Receives the response to one request. */
public interface ResponseSink {
    /** An interim response (1xx). The head is true during the call. */
    void onInterim(ResponseHead head);

    /** The head of the final response, true until the response has ended. */
    void onHead(ResponseHead head);

    /**
     * The origin changes the protocol as it was asked to (101). The channel is the sink's from now on, without a handler.
     *
     * @param early what the origin sent in the new protocol already, to be released
     */
    void onUpgrade(ResponseHead head, Channel channel, ByteBuf early);

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
     *
     * @param begun whether any byte of the response had arrived
     */
    void onFailure(ProxyError error, String detail, boolean begun);

    /** Whether more of the body can be taken now. When it is so again, {@link Origin#resume()}. */
    boolean takesData();

    /** No more comes for now: what was held back for company should be sent. */
    void onPause();

    /** More of the request can be written. */
    void onWritable();
}
