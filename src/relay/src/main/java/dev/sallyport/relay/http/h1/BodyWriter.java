package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Writes the data of a body to a connection in the framing that its head announced. Flushing is left to the caller. */
public final class BodyWriter {
    private final Channel connection;
    private Framing framing = Framing.NONE;

    public BodyWriter(Channel connection) {
        this.connection = connection;
    }

    /** Begins a body. */
    public void begin(Framing framing) {
        this.framing = framing;
    }

    /** Writes a run of data, at least one byte, and takes it over. */
    public void write(ByteBuf data) {
        if (framing == Framing.CHUNKED) {
            ByteBuf size = connection.alloc().ioBuffer(Chunks.OVERHEAD);
            Chunks.begin(size, data.readableBytes());
            connection.write(size, connection.voidPromise());
            connection.write(data, connection.voidPromise());
            ByteBuf end = connection.alloc().ioBuffer(Chunks.OVERHEAD);
            Chunks.end(end);
            connection.write(end, connection.voidPromise());
        } else {
            connection.write(data, connection.voidPromise());
        }
    }

    /**
     * Ends the body.
     *
     * @param trailers go with it if the framing has room for them, which only chunked has; or null
     */
    public void end(@Nullable TrailerHead trailers) {
        if (framing == Framing.CHUNKED) {
            ByteBuf last = connection.alloc().ioBuffer(Chunks.OVERHEAD);
            Chunks.last(last, trailers);
            connection.write(last, connection.voidPromise());
        }
        framing = Framing.NONE;
    }
}
