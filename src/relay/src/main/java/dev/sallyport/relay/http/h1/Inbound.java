package dev.sallyport.relay.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** What has arrived on a connection and was not taken yet. As long as all is taken at once, nothing is copied. */
public final class Inbound {
    /** With as much waiting, a connection should not be read on. */
    private static final int FULL = 64 << 10;

    private final ByteBufAllocator allocator;
    private ByteBuf waiting = Unpooled.EMPTY_BUFFER;

    public Inbound(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Takes over what was read. */
    public void add(ByteBuf read) {
        if (!waiting.isReadable()) {
            waiting.release();
            waiting = read;
            return;
        }
        int length = read.readableBytes();
        if (waiting.writableBytes() < length) {
            ByteBuf larger = allocator.ioBuffer(
                    waiting.readableBytes() + Math.max(length, Math.max(waiting.readableBytes(), FULL)));
            larger.writeBytes(waiting);
            waiting.release();
            waiting = larger;
        }
        waiting.writeBytes(read);
        read.release();
    }

    /** What waits, to be read from. */
    public ByteBuf bytes() {
        return waiting;
    }

    /** Takes out all that waits, for the caller to release. */
    public ByteBuf take() {
        ByteBuf all = waiting;
        waiting = Unpooled.EMPTY_BUFFER;
        return all;
    }

    public boolean isEmpty() {
        return !waiting.isReadable();
    }

    public boolean isFull() {
        return waiting.readableBytes() >= FULL;
    }

    /** Gives back the memory of what was taken, when a batch of reads is done. */
    public void trim() {
        if (isEmpty()) {
            clear();
        }
    }

    /** Throws away what waits. */
    public void clear() {
        waiting.release();
        waiting = Unpooled.EMPTY_BUFFER;
    }
}
