package dev.sallyport.relay.http.server;

import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.respond.Answer;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The side that asked, as its exchange sees it, whatever the version of HTTP. */
interface ClientSide {
    /** Whether more of the response can be taken now. When it is so again, {@link Exchange#clientReady()}. */
    boolean ready();

    /** Bytes of the response that were taken but not sent yet. An estimate, lower by at most some tens of kilobytes. */
    default long unsent() {
        return 0;
    }

    /** The exchange takes the request's body from now on, or can take more of it: {@link Exchange#body}. */
    void sendBody();

    /**
     * Whether the client waits for 100 before it sends the body that it announced: it said so, nothing of the body has
     * arrived, and it was not told to go on.
     */
    boolean awaitsContinue();

    /** Tells the client by a 100 of the relay's own to send the body. */
    void proceed();

    /** Passes on an interim response. */
    void interim(ResponseHead head);

    /** Begins the response. */
    void head(ResponseHead head, boolean via);

    /** Goes on with the response and takes the data over. */
    void body(ByteBuf data);

    /**
     * Ends the response, and with it the exchange.
     *
     * @param trailers of the response, true during the call; null when there are none
     */
    void end(@Nullable TrailerHead trailers);

    /** Answers instead of a response, which was not begun, and ends the exchange. */
    void answer(Answer answer);

    /** Breaks off the response that was begun, and ends the exchange. */
    void abort();

    /** Sends what was written. */
    void flush();

    /** Accepts a CONNECT request. From now on the client is an end of a tunnel. */
    TunnelEnd tunnel();

    /** Passes on that the origin changes the protocol. From now on the client is an end of a tunnel. */
    TunnelEnd upgrade(ResponseHead head, boolean via);

    /** The tunnel that the client was an end of has ended. */
    void tunnelEnded();
}
