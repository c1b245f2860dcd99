package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.h1.Inbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The sending half of a stream, as its connection's {@link Outflow} sees it. Used again for one stream after another. */
public abstract class SendStream {
    final Inbound waiting;
    long window;
    boolean wants;

    /** Whether the stream ends after what waits, and that was not said yet. */
    boolean ends;

    @Nullable
    ByteBuf trailers;

    protected SendStream(ByteBufAllocator allocator) {
        this.waiting = new Inbound(allocator);
    }

    /** The number of the stream. */
    public abstract int id();

    /** {@link Outflow#takes} would be true now, after it was false. */
    public abstract void room();

    /** Whether all that was given for it, its end included, went out. */
    protected final boolean sentAll() {
        return waiting.isEmpty() && !ends;
    }

    final void begin(int initialWindow) {
        window = initialWindow;
        wants = false;
        ends = false;
    }

    final void end(@Nullable ByteBuf block) {
        ends = true;
        trailers = block;
    }

    final void clear() {
        waiting.clear();
        wants = false;
        ends = false;
        if (trailers != null) {
            trailers.release();
            trailers = null;
        }
    }
}
