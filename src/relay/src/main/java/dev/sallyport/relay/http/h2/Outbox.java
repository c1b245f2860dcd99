package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.h1.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Frames on their way out. Those of many streams go as one write, as they share what gathers them. */
public final class Outbox {
    private final Outbound out;
    private boolean tableTold;
    private ByteBuf block = Unpooled.EMPTY_BUFFER;
    private int blockStart;

    public Outbox(Outbound out) {
        this.out = out;
    }

    /** A buffer to write small frames to at once, up to a kilobyte of them. */
    public ByteBuf room() {
        return out.room();
    }

    public void settingsAck() {
        Frames.settingsAck(out.room());
    }

    public void ping(boolean ack, long data) {
        Frames.ping(out.room(), ack, data);
    }

    public void reset(int stream, ErrorCode code) {
        Frames.reset(out.room(), stream, code);
    }

    public void goAway(int lastStream, ErrorCode code) {
        Frames.goAway(out.room(), lastStream, code);
    }

    /** Gives credit for a stream, or with 0 for the connection. */
    public void windowUpdate(int stream, int increment) {
        Frames.windowUpdate(out.room(), stream, increment);
    }

    /** Writes data as DATA frames, takes it over, and perhaps ends the stream. */
    public void data(int stream, ByteBuf data, boolean end) {
        while (data.readableBytes() > Frames.FRAME_BYTES) {
            frame(stream, data.readRetainedSlice(Frames.FRAME_BYTES), false);
        }
        frame(stream, data, end);
    }

    private void frame(int stream, ByteBuf data, boolean end) {
        Frames.header(out.room(), data.readableBytes(), Frames.DATA, end ? Frames.END_STREAM : 0, stream);
        out.write(data);
    }

    /** Begins a header block, which is to be written to what this returns, up to {@link #endHeaders}. */
    public ByteBuf headers() {
        block = out.room();
        blockStart = block.writerIndex() + Frames.HEADER_BYTES;
        block.writerIndex(blockStart);
        if (!tableTold) {
            tableTold = true;
            HeadEncoder.noTable(block);
        }
        return block;
    }

    /** Ends the header block: it goes out in as many frames as it needs. */
    public void endHeaders(int stream, boolean end) {
        int length = block.writerIndex() - blockStart;
        int first = Math.min(length, Frames.FRAME_BYTES);
        ByteBuf rest = first == length ? Unpooled.EMPTY_BUFFER : block.copy(blockStart + first, length - first);
        block.writerIndex(blockStart - Frames.HEADER_BYTES);
        int flags = (end ? Frames.END_STREAM : 0) | (rest.isReadable() ? 0 : Frames.END_HEADERS);
        Frames.header(block, first, Frames.HEADERS, flags, stream);
        block.writerIndex(blockStart + first);
        while (rest.isReadable()) {
            int next = Math.min(rest.readableBytes(), Frames.FRAME_BYTES);
            boolean last = next == rest.readableBytes();
            Frames.header(block, next, Frames.CONTINUATION, last ? Frames.END_HEADERS : 0, stream);
            block.writeBytes(rest, next);
        }
        rest.release();
        block = Unpooled.EMPTY_BUFFER;
    }

    /** Nothing more comes for now: sends what was written if it is much. The rest goes at the end of the loop's round. */
    public void flush() {
        out.flush();
    }

    /** Sends what was written. */
    public void send() {
        out.send();
    }
}
