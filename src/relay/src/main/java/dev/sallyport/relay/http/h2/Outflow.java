package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends on its streams: header blocks at once, data within the windows that the peer opens (RFC 9113,
 * section 5.2). When the connection is what holds streams up, they go on in turns, a frame each. All goes by the
 * connection's {@link Outbox}, whose flushing is left to the caller.
 */
public final class Outflow {
    private static final int TRAILER_BYTES = 256;

    private final Channel channel;
    private final Outbox out;
    private final IntConsumer dataSent;
    private final ArrayDeque<SendStream> held = new ArrayDeque<>();
    private int window = Frames.DEFAULT_WINDOW;
    private int initialWindow = Frames.DEFAULT_WINDOW;

    /** @param dataSent is told of bytes that went out, for which the peer will give credit */
    public Outflow(Channel channel, Outbox out, IntConsumer dataSent) {
        this.channel = channel;
        this.out = out;
        this.dataSent = dataSent;
    }

    // ---- streams

    /** Begins a stream. */
    public void begin(SendStream stream) {
        stream.begin(initialWindow);
    }

    /** Begins a header block, which is to be written to what this returns, up to {@link #endHeaders}. */
    public ByteBuf headers() {
        return out.headers();
    }

    /** Ends the header block of a stream, and perhaps the stream with it. */
    public void endHeaders(SendStream stream, boolean end) {
        out.endHeaders(stream.id(), end);
        stream.endSent |= end;
    }

    /**
     * Goes on with a stream and takes the data over. What the windows have no room for waits.
     *
     * @param last whether no more follows, so that the end of the stream can go out with it
     */
    public void data(SendStream stream, ByteBuf data, boolean last) {
        stream.endsWithData |= last;
        int length = data.readableBytes();
        if (stream.waiting.isEmpty() && length <= room(stream)) {
            write(stream, data, last);
            return;
        }
        if (stream.waiting.isEmpty()) {
            stream.movedAt = System.nanoTime();
        }
        stream.waiting.add(data);
        while (sendFrame(stream)) {
            // the next one
        }
        hold(stream);
    }

    /**
     * Ends a stream after all its data; when that is out, the stream is told.
     *
     * @param trailers true during the call; null for none
     */
    public void end(SendStream stream, @Nullable TrailerHead trailers) {
        stream.complete = true;
        stream.wants = false;
        boolean open = !stream.endsWithData && !stream.endSent;
        TrailerHead carried = open && trailers != null && trailers.anyPasses() ? trailers : null;
        if (!stream.waiting.isEmpty()) {
            if (carried == null) {
                stream.endsWithData = true;
            } else {
                stream.trailers = channel.alloc().ioBuffer(TRAILER_BYTES);
                HeadEncoder.trailers(stream.trailers, carried);
            }
            return;
        }
        if (carried != null) {
            HeadEncoder.trailers(out.headers(), carried);
            endHeaders(stream, true);
        } else if (!stream.endSent) {
            write(stream, Unpooled.EMPTY_BUFFER, true);
        }
        stream.ended();
    }

    /** Whether data that is given now can go out now. When it becomes so, the stream is told. */
    public boolean takes(SendStream stream) {
        boolean takes = stream.waiting.isEmpty() && room(stream) > 0 && channel.isWritable();
        stream.wants = !takes;
        hold(stream);
        return takes;
    }

    /** Forgets a stream that has ended, with what it had yet to send. */
    public void forget(SendStream stream) {
        if (stream.held) {
            stream.held = false;
            held.remove(stream);
        }
        stream.clear();
    }

    // ---- what the peer says

    /** It gives credit for the connection. */
    public @Nullable Breach credit(int increment) {
        if (increment == 0) {
            return Breach.WINDOW_INCREMENT;
        }
        if (increment > Frames.LARGEST_WINDOW - (long) window) {
            return Breach.WINDOW_OVERFLOW;
        }
        window += increment;
        resume();
        return null;
    }

    /**
     * It gives credit for a stream.
     *
     * @return null, or with what the stream is to be reset
     */
    public @Nullable ErrorCode credit(SendStream stream, int increment) {
        if (increment == 0) {
            return ErrorCode.PROTOCOL_ERROR;
        }
        if (!enlarge(stream, increment)) {
            return ErrorCode.FLOW_CONTROL_ERROR;
        }
        resume();
        return null;
    }

    /**
     * It says how much each stream may send before it gives credit. To be followed by {@link #resume}.
     *
     * @param open the streams that have begun
     */
    public @Nullable Breach initialWindow(int now, Collection<? extends SendStream> open) {
        int difference = now - initialWindow;
        initialWindow = now;
        for (SendStream stream : open) {
            if (!enlarge(stream, difference)) {
                return Breach.WINDOW_OVERFLOW;
            }
        }
        return null;
    }

    private boolean enlarge(SendStream stream, int difference) {
        if (difference > Frames.LARGEST_WINDOW - (long) stream.window) {
            return false;
        }
        stream.window += difference;
        hold(stream);
        return true;
    }

    /** Goes on with the streams that were held up, as far as there is room now. */
    public void resume() {
        while (window > 0 && channel.isWritable() && !held.isEmpty()) {
            SendStream stream = held.remove();
            stream.held = false;
            if (sendFrame(stream)) {
                hold(stream);
            } else if (stream.wants && takes(stream)) {
                stream.room();
            }
        }
    }

    // ---- frames

    /** Leaves a stream that waits, but not for its own window, to the connection. */
    private void hold(SendStream stream) {
        if (stream.waits() && stream.window > 0 && !stream.held) {
            stream.held = true;
            held.add(stream);
        }
    }

    private int room(SendStream stream) {
        return Math.min(window, stream.window);
    }

    /** Sends the next frame of what waits; false when there is none, or no window for it. */
    private boolean sendFrame(SendStream stream) {
        ByteBuf waiting = stream.waiting.bytes();
        int length = Math.min(waiting.readableBytes(), Math.min(room(stream), Frames.FRAME_BYTES));
        if (length <= 0) {
            return false;
        }
        stream.movedAt = System.nanoTime();
        if (length < waiting.readableBytes()) {
            write(stream, waiting.readRetainedSlice(length), false);
            return true;
        }
        write(stream, stream.waiting.take(), stream.endsWithData);
        if (stream.trailers.isReadable()) {
            out.headers().writeBytes(stream.trailers);
            endHeaders(stream, true);
        }
        if (stream.complete) {
            stream.ended();
        }
        return true;
    }

    private void write(SendStream stream, ByteBuf data, boolean end) {
        int length = data.readableBytes();
        window -= length;
        stream.window -= length;
        stream.endSent = end;
        dataSent.accept(length);
        out.data(stream.id(), data, end);
    }
}
