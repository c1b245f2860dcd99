package dev.sallyport.relay.http.client;

import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request to an origin and of its response back, whatever the version of HTTP: a connection for as long as
 * the request runs, or a stream of one that others share. It ends with {@link #release} or {@link #close}.
 */
public interface Origin {
    /** The address that was dialled. */
    InetSocketAddress address();

    /** The address as {@code 192.0.2.7:80} or {@code [2001:db8::7]:80}. */
    String addressText();

    /** Whether a request went over its connection before, so that the origin may have ended it in the meantime. */
    boolean reused();

    /** Whether others use the same connection. */
    boolean shared();

    /** Begins the request and sends the response to {@code sink}. To be called once. */
    void request(OutgoingRequest request, ResponseSink sink);

    /** Whether there is room for more of the request; when there is again, {@link ResponseSink#onWritable()}. */
    boolean writable();

    /** Writes a run of the request's body, at least one byte, and takes it over. */
    void write(ByteBuf data);

    /**
     * Ends the request's body.
     *
     * @param trailers that came with it, true during the call; null when there are none
     */
    void endRequest(@Nullable TrailerHead trailers);

    /** Sends what was written. */
    void flush();

    /** The sink can take more. */
    void resume();

    /** Ends the use of it after the whole response. */
    void release(boolean requestComplete);

    /** Gives the request up; its sink hears nothing more. */
    void close();
}
