package dev.sallyport.relay.http.server;

import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A stream as the end of a tunnel: DATA carries its bytes both ways (RFC 9113, section 8.5). */
final class StreamEnd implements TunnelEnd {
    private final Http2Stream stream;
    private @Nullable Events events;
    private boolean inputEnded;
    private boolean endTold;
    private boolean asked;
    private boolean told;
    private boolean over;

    StreamEnd(Http2Stream stream) {
        this.stream = stream;
    }

    // ---- for the tunnel

    @Override
    public ByteBuf attach(Events told) {
        events = told;
        inputEnded = stream.inputEnded();
        endTold = inputEnded;
        return stream.takeReceived();
    }

    @Override
    public boolean inputEnded() {
        return inputEnded;
    }

    @Override
    public boolean writable() {
        return stream.ready();
    }

    @Override
    public void write(ByteBuf data) {
        if (over) {
            data.release();
        } else {
            stream.write(data);
        }
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public void readOn() {
        asked = true;
        received();
    }

    @Override
    public void endOutput() {
        stream.endOutput();
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            stream.leaveTunnel(ErrorCode.CANCEL);
        }
    }

    @Override
    public void reset() {
        if (!over) {
            over = true;
            stream.leaveTunnel(ErrorCode.CONNECT_ERROR);
        }
    }

    // ---- for the stream

    /** Whether data can be told at once, before what follows it in the same batch. */
    boolean takesData() {
        return asked && !over;
    }

    /** Tells data. */
    void data(ByteBuf data) {
        told = true;
        stream.touch();
        events().onData(data);
    }

    /** Data or the end has come, which may have to wait until it is asked for. */
    void received() {
        if (over || !asked) {
            return;
        }
        ByteBuf waiting = stream.takeReceived();
        if (waiting.isReadable()) {
            data(waiting);
        } else {
            waiting.release();
        }
        if (!over && stream.inputEnded() && !endTold) {
            endTold = true;
            events().onEnd();
        }
    }

    /** The batch of data is over. */
    void pause() {
        if (told && !over) {
            told = false;
            asked = false;
            events().onPause();
        }
    }

    /** More can be written. */
    void room() {
        if (!over) {
            events().onWritable();
        }
    }

    /** The end of our half went out. */
    void outputEnded() {
        if (!over) {
            events().onOutputEnded();
        }
    }

    /** The client gave the stream up, or is gone. */
    void gone() {
        if (!over) {
            over = true;
            events().onGone();
        }
    }

    private Events events() {
        Events known = events;
        if (known == null) {
            throw new IllegalStateException("attached to nothing");
        }
        return known;
    }
}
