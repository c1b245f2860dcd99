package dev.sallyport.relay.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends on its streams: header blocks at once, data within the windows that the peer opens (RFC 9113,
 * section 5.2). When the connection's window is short, the streams take turns. Flushing is left to the caller.
 */
public final class Outflow {
    private final Channel channel;
    private final List<SendStream> open = new ArrayList<>();
    private long window = Frames.DEFAULT_WINDOW;
    private int initialWindow = Frames.DEFAULT_WINDOW;
    private int frameBytes = Frames.FRAME_BYTES;
    private int turn;

    public Outflow(Channel channel) {
        this.channel = channel;
    }

    // ---- streams

    /** Begins a stream by its head. */
    public void begin(SendStream stream, ByteBuf block, boolean end) {
        stream.begin(initialWindow);
        open.add(stream);
        headers(stream, block, end);
    }

    /** Goes on with a stream and takes the data over. */
    public void data(SendStream stream, ByteBuf data) {
        stream.waiting.add(data);
        send(stream);
    }

    /**
     * Ends a stream after all its data.
     *
     * @param trailers a header block, taken over; null for none
     */
    public void end(SendStream stream, @Nullable ByteBuf trailers) {
        stream.end(trailers);
        send(stream);
    }

    /** Whether data that is given now can go out now. When it becomes so, the stream is told. */
    public boolean takes(SendStream stream) {
        boolean takes = channel.isWritable() && window > 0 && stream.window > 0 && stream.waiting.isEmpty();
        stream.wants = !takes;
        return takes;
    }

    /** Forgets a stream that has ended, with what it had yet to send. */
    public void forget(SendStream stream) {
        open.remove(stream);
        stream.clear();
    }

    // ---- what the peer says

    /** It opens the window of a stream, or of the connection for null. */
    public @Nullable Breach windowUpdate(@Nullable SendStream stream, int increment) {
        if (increment == 0) {
            return Breach.WINDOW_INCREMENT;
        }
        if (stream == null) {
            window += increment;
            if (window > Frames.LARGEST_WINDOW) {
                return Breach.WINDOW_OVERFLOW;
            }
            sendAll();
            return null;
        }
        stream.window += increment;
        if (stream.window > Frames.LARGEST_WINDOW) {
            return Breach.WINDOW_OVERFLOW;
        }
        send(stream);
        tell(stream);
        return null;
    }

    /** It says how much each stream may send before it opens the window further. */
    public @Nullable Breach initialWindow(int now) {
        int more = now - initialWindow;
        initialWindow = now;
        for (SendStream stream : open) {
            stream.window += more;
            if (stream.window > Frames.LARGEST_WINDOW) {
                return Breach.WINDOW_OVERFLOW;
            }
        }
        if (more > 0) {
            sendAll();
        }
        return null;
    }

    /** It takes frames of as many bytes. */
    public void frameBytes(int most) {
        frameBytes = most;
    }

    /** The channel has room again. */
    public void writable() {
        List.copyOf(open).forEach(this::tell);
    }

    // ---- frames

    private void sendAll() {
        boolean more = true;
        while (more && window > 0) {
            more = false;
            for (int i = 0; i < open.size(); i++) {
                more |= sendFrame(open.get((turn + i) % open.size()));
            }
            turn++;
        }
        writable();
    }

    private void tell(SendStream stream) {
        if (stream.wants && takes(stream)) {
            stream.room();
        }
    }

    private void send(SendStream stream) {
        while (sendFrame(stream)) {
            // the next one
        }
    }

    /** Sends the next frame of a stream; false when there is none, or no window for it. */
    private boolean sendFrame(SendStream stream) {
        ByteBuf waiting = stream.waiting.bytes();
        int most = (int) Math.min(Math.min(window, stream.window), frameBytes);
        int length = Math.min(waiting.readableBytes(), most);
        if (length > 0) {
            window -= length;
            stream.window -= length;
            boolean last = stream.ends && stream.trailers == null && length == waiting.readableBytes();
            stream.ends &= !last;
            frame(length, Frames.DATA, last ? Frames.END_STREAM : 0, stream.id());
            channel.write(waiting.readRetainedSlice(length), channel.voidPromise());
            stream.waiting.trim();
            return true;
        }
        if (stream.ends && !waiting.isReadable()) {
            stream.ends = false;
            ByteBuf trailers = stream.trailers;
            stream.trailers = null;
            if (trailers == null) {
                frame(0, Frames.DATA, Frames.END_STREAM, stream.id());
            } else {
                headers(stream, trailers, true);
            }
        }
        return false;
    }

    private void headers(SendStream stream, ByteBuf block, boolean end) {
        int type = Frames.HEADERS;
        int flags = end ? Frames.END_STREAM : 0;
        while (block.readableBytes() > frameBytes) {
            frame(frameBytes, type, flags, stream.id());
            channel.write(block.readRetainedSlice(frameBytes), channel.voidPromise());
            type = Frames.CONTINUATION;
            flags = 0;
        }
        frame(block.readableBytes(), type, flags | Frames.END_HEADERS, stream.id());
        channel.write(block, channel.voidPromise());
    }

    private void frame(int length, int type, int flags, int stream) {
        ByteBuf header = channel.alloc().ioBuffer(Frames.HEADER_BYTES);
        Frames.header(header, length, type, flags, stream);
        channel.write(header, channel.voidPromise());
    }
}
