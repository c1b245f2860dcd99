package dev.sallyport.relay.tunnel;

import io.netty.buffer.ByteBuf;

/**
 * One end of a tunnel: a connection, or a stream of one that others share. It tells its {@link Events} what happens, on
 * its loop, from {@link #attach} on and until it was closed or reset. What was read from the peer before is told first.
 */
public interface TunnelEnd {
    /**
     * Begins. Nothing is told before this returns.
     *
     * @return what the peer had sent by now; for the caller to release
     */
    ByteBuf attach(Events events);

    /** Whether the peer had ended its half by the time of {@link #attach}, so that {@link Events#onEnd} will not tell it. */
    boolean inputEnded();

    /** Whether there is room for more. When there is again, {@link Events#onWritable()}. */
    boolean writable();

    /** Writes at least one byte, and takes the data over. */
    void write(ByteBuf data);

    /** Sends what was written. */
    void flush();

    /** Asks for what the peer sends, once: any number of {@link Events#onData}, then {@link Events#onPause}. */
    void readOn();

    /** Ends the half of the peer after all that was written, then tells {@link Events#onOutputEnded}. */
    void endOutput();

    /** Closes it; what was not sent by now may be lost. */
    void close();

    /** Closes it so that the peer sees that its stream was cut. */
    void reset();

    /** Is told what happens at an end. */
    interface Events {
        /** The peer sent bytes, which are handed over. */
        void onData(ByteBuf data);

        /** That was all for now. */
        void onPause();

        /** The peer has ended its half properly. */
        void onEnd();

        /** There may be room for more. */
        void onWritable();

        /** The peer was told that its stream has ended. */
        void onOutputEnded();

        /** The end is gone for good, both ways. */
        void onGone();
    }
}
