package dev.sallyport.relay.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/**
 * Frames on their way to a channel. Small ones, and short data, share a buffer, so that the heads and bodies of many streams
 * go out as one write.
 */
public final class Outbox {
    private static final int BUFFER_BYTES = 4 << 10;

    /** Most heads take less; a buffer grows for the others. */
    private static final int HEAD_BYTES = 1 << 10;

    /** Shorter data is copied: cheaper than another write. */
    private static final int COPIED_BYTES = 1 << 10;

    private final Channel channel;
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private boolean dirty;
    private boolean tableTold;
    private int blockStart;

    public Outbox(Channel channel) {
        this.channel = channel;
    }

    /** A buffer with room for {@code bytes}, to write whole frames to at once. */
    public ByteBuf room(int bytes) {
        if (buffer.writableBytes() < bytes) {
            push();
            buffer = channel.alloc().ioBuffer(Math.max(BUFFER_BYTES, bytes));
        }
        dirty = true;
        return buffer;
    }

    public void settingsAck() {
        Frames.settingsAck(room(Frames.HEADER_BYTES));
    }

    public void ping(boolean ack, long data) {
        Frames.ping(room(Frames.HEADER_BYTES + 8), ack, data);
    }

    public void reset(int stream, ErrorCode code) {
        Frames.reset(room(Frames.HEADER_BYTES + 4), stream, code);
    }

    public void goAway(int lastStream, ErrorCode code) {
        Frames.goAway(room(Frames.HEADER_BYTES + 8), lastStream, code);
    }

    /** Gives credit for a stream, or with 0 for the connection. */
    public void windowUpdate(int stream, int increment) {
        Frames.windowUpdate(room(Frames.HEADER_BYTES + 4), stream, increment);
    }

    /** Writes data as DATA frames, takes it over, and perhaps ends the stream. */
    public void data(int stream, ByteBuf data, boolean end) {
        while (data.readableBytes() > Frames.FRAME_BYTES) {
            frame(stream, data.readRetainedSlice(Frames.FRAME_BYTES), false);
        }
        frame(stream, data, end);
    }

    private void frame(int stream, ByteBuf data, boolean end) {
        int length = data.readableBytes();
        boolean copied = length <= COPIED_BYTES;
        ByteBuf out = room(Frames.HEADER_BYTES + (copied ? length : 0));
        Frames.header(out, length, Frames.DATA, end ? Frames.END_STREAM : 0, stream);
        if (copied) {
            out.writeBytes(data);
            data.release();
        } else {
            push();
            channel.write(data, channel.voidPromise());
        }
    }

    /** Begins a header block, which is to be written to what this returns, up to {@link #endHeaders}. */
    public ByteBuf headers() {
        ByteBuf out = room(HEAD_BYTES);
        blockStart = out.writerIndex() + Frames.HEADER_BYTES;
        out.writerIndex(blockStart);
        if (!tableTold) {
            tableTold = true;
            HeadEncoder.noTable(out);
        }
        return out;
    }

    /** Ends the header block: it goes out in as many frames as it needs. */
    public void endHeaders(int stream, boolean end) {
        int length = buffer.writerIndex() - blockStart;
        int first = Math.min(length, Frames.FRAME_BYTES);
        ByteBuf rest = first == length ? Unpooled.EMPTY_BUFFER : buffer.copy(blockStart + first, length - first);
        buffer.writerIndex(blockStart - Frames.HEADER_BYTES);
        int flags = (end ? Frames.END_STREAM : 0) | (rest.isReadable() ? 0 : Frames.END_HEADERS);
        Frames.header(buffer, first, Frames.HEADERS, flags, stream);
        buffer.writerIndex(blockStart + first);
        while (rest.isReadable()) {
            int next = Math.min(rest.readableBytes(), Frames.FRAME_BYTES);
            boolean last = next == rest.readableBytes();
            Frames.header(buffer, next, Frames.CONTINUATION, last ? Frames.END_HEADERS : 0, stream);
            buffer.writeBytes(rest, next);
        }
        rest.release();
    }

    /** Hands all that was written to the channel and flushes that. */
    public void flush() {
        if (dirty) {
            dirty = false;
            push();
            channel.flush();
        }
    }

    private void push() {
        if (buffer.isReadable()) {
            channel.write(buffer, channel.voidPromise());
        } else {
            buffer.release();
        }
        buffer = Unpooled.EMPTY_BUFFER;
    }

    /** Throws away what was not flushed. */
    public void clear() {
        buffer.release();
        buffer = Unpooled.EMPTY_BUFFER;
        dirty = false;
    }
}
