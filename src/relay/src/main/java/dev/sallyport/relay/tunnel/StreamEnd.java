package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.http.h2.ErrorCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A stream as the end of a tunnel: DATA carries its bytes both ways (RFC 9113, section 8.5, and RFC 8441). What is public in it
 * besides is for the stream.
 */
public final class StreamEnd implements TunnelEnd {
    private final Carrier stream;
    private final ErrorCode cut;
    private @Nullable Events events;
    private boolean inputEnded;
    private boolean endTold;
    private boolean asked;
    private boolean told;
    private boolean over;

    /** @param cut what tells the peer that its tunnel was cut */
    public StreamEnd(Carrier stream, ErrorCode cut) {
        this.stream = stream;
        this.cut = cut;
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
            stream.carry(data);
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
        stream.settle();
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
            stream.leaveTunnel(cut);
        }
    }

    // ---- for the stream

    /** Whether data can be told at once, before what follows it in the same batch. */
    public boolean takesData() {
        return asked && !over;
    }

    /** Tells data. */
    public void data(ByteBuf data) {
        told = true;
        stream.touch();
        events().onData(data);
    }

    /** Data or the end has come, which may have to wait until it is asked for. */
    public void received() {
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
    public void pause() {
        if (told && !over) {
            told = false;
            asked = false;
            events().onPause();
        }
    }

    /** More can be written. */
    public void room() {
        if (!over) {
            events().onWritable();
        }
    }

    /** The end of our half went out. */
    public void outputEnded() {
        if (!over) {
            events().onOutputEnded();
        }
    }

    /** The peer gave the stream up, or is gone. */
    public void gone() {
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

    /** The stream that carries it. */
    public interface Carrier {
        /** Whether the peer has ended its half; what it sent before may not have been taken yet. */
        boolean inputEnded();

        /** What came and was not taken; the peer gets credit for it. For the caller to release. */
        ByteBuf takeReceived();

        /** Has {@link StreamEnd#pause} called when this batch is over. */
        void touch();

        /** Ends the batch, unless more comes in it. */
        void settle();

        /** Whether there is room for more. When there is again, {@link StreamEnd#room}. */
        boolean ready();

        /** Sends data, or keeps it until there is room. */
        void carry(ByteBuf data);

        void flush();

        /** Ends our half after all that was given, then tells {@link StreamEnd#outputEnded}. */
        void endOutput();

        /** The tunnel is over: lets go of the stream. */
        void leaveTunnel(ErrorCode otherwise);
    }
}
