package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.h1.Inbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** The sending half of a stream, as its connection's {@link Outflow} sees it. Used again for one stream after another. */
public abstract class SendStream {
    final Inbound waiting;
    int window;

    /** Whether it waits for room. */
    boolean wants;

    /** Whether it is among those that the connection holds up. */
    boolean held;

    /** Whether the last of the data carries the end of the stream. */
    boolean endsWithData;

    /** Whether nothing more will be given. */
    boolean complete;

    boolean endSent;
    ByteBuf trailers = Unpooled.EMPTY_BUFFER;

    /** When data began to wait, or some of what waits went out. */
    long movedAt;

    protected SendStream(ByteBufAllocator allocator) {
        this.waiting = new Inbound(allocator);
    }

    /** The number of the stream. */
    public abstract int id();

    /** {@link Outflow#takes} is true now, after it was false. */
    protected abstract void room();

    /** All that was given went out, and the end after it. Told once {@link Outflow#end} was called. */
    protected abstract void ended();

    /** Whether the end went out, and so all before it. */
    protected final boolean endSent() {
        return endSent;
    }

    /** Bytes that were given and did not go out yet. */
    protected final int unsentBytes() {
        return waiting.bytes().readableBytes();
    }

    /** Whether data waits of which nothing went out since {@code nanos}, a time of {@link System#nanoTime()}. */
    protected final boolean stuckSince(long nanos) {
        return !waiting.isEmpty() && movedAt - nanos < 0;
    }

    final boolean waits() {
        return wants || !waiting.isEmpty();
    }

    final void begin(int initialWindow) {
        window = initialWindow;
        wants = false;
        endsWithData = false;
        complete = false;
        endSent = false;
    }

    final void clear() {
        wants = false;
        waiting.clear();
        trailers.release();
        trailers = Unpooled.EMPTY_BUFFER;
    }
}
