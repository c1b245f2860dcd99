package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes the data of a body to a connection in the framing that its head announced. */
public final class BodyWriter {
    private final Outbound out;
    private Framing framing = Framing.NONE;

    public BodyWriter(Outbound out) {
        this.out = out;
    }

    /** Begins a body. */
    public void begin(Framing framing) {
        this.framing = framing;
    }

    /** Writes a run of data, at least one byte, and takes it over. */
    public void write(ByteBuf data) {
        if (framing == Framing.CHUNKED) {
            Chunks.begin(out.room(), data.readableBytes());
            out.write(data);
            Chunks.end(out.room());
        } else {
            out.write(data);
        }
    }

    /**
     * Ends the body.
     *
     * @param trailers go with it if the framing has room for them, which only chunked has; or null
     */
    public void end(@Nullable TrailerHead trailers) {
        if (framing == Framing.CHUNKED) {
            Chunks.last(out.room(), trailers);
        }
        framing = Framing.NONE;
    }
}
