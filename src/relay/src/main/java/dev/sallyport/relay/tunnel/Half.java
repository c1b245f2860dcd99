package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.loop.Pipes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One direction of a {@link Splice}: bytes go from one socket into a pipe and out of it into the other, without coming to
 * the relay's memory. Nothing is read before the pipe is empty: a socket that gives nothing and a pipe that takes nothing
 * could not be told apart.
 */
final class Half {
    /** So that one tunnel does not keep the others of its loop waiting. */
    private static final int MOST_TURNS = 16;

    /** How it goes on. */
    enum Outcome {
        /** Waits for its sockets. */
        WAITS,
        /** Its source has ended, and its target was told. */
        ENDED,
        SOURCE_GONE,
        TARGET_GONE
    }

    private final Socket source;
    private final Socket target;
    private final Pipes.Pipe pipe;
    private ByteBuf first;
    private int inPipe;
    private boolean sourceEnded;
    private boolean over;
    private long carried;

    /** @param first goes before all that is in the source; taken over */
    Half(Socket source, Socket target, Pipes.Pipe pipe, ByteBuf first) {
        this.source = source;
        this.target = target;
        this.pipe = pipe;
        this.first = first;
    }

    /** Whether it has anything that the target did not take yet. */
    boolean holds() {
        return !over && (inPipe > 0 || first.isReadable());
    }

    /** Whether it waits for the source. */
    boolean wants() {
        return !over && !sourceEnded && !holds();
    }

    boolean isOver() {
        return over;
    }

    /** Whether the source has ended its half. */
    boolean sourceEnded() {
        return sourceEnded;
    }

    /** The bytes that came from the source since this was asked last. */
    long carried() {
        long since = carried;
        carried = 0;
        return since;
    }

    /**
     * Moves what can be moved.
     *
     * @param peerEnded whether the source's peer has ended its half, behind whatever is still to be read
     */
    Outcome move(boolean peerEnded) {
        for (int turn = 0; turn < MOST_TURNS && !over; turn++) {
            if (!holds() && !sourceEnded) {
                int read;
                try {
                    read = Native.splice(source.intValue(), -1, pipe.in(), -1, Pipes.CAPACITY);
                } catch (IOException e) {
                    return Outcome.SOURCE_GONE;
                }
                if (read == 0 && !peerEnded) {
                    return Outcome.WAITS;
                }
                inPipe = read;
                carried += read;
                sourceEnded = read == 0;
            }
            try {
                if (!empty()) {
                    return Outcome.WAITS;
                }
                if (sourceEnded) {
                    target.shutdown(false, true);
                    over = true;
                    return Outcome.ENDED;
                }
            } catch (IOException e) {
                return Outcome.TARGET_GONE;
            }
        }
        return Outcome.WAITS;
    }

    /** Gives the target what waits for it; false when it does not take all. */
    private boolean empty() throws IOException {
        while (first.isReadable()) {
            ByteBuffer bytes = first.nioBuffer();
            int written = target.write(bytes, bytes.position(), bytes.limit());
            if (written <= 0) {
                return false;
            }
            first.skipBytes(written);
        }
        while (inPipe > 0) {
            int written = Native.splice(pipe.out(), -1, target.intValue(), -1, inPipe);
            if (written == 0) {
                return false;
            }
            inPipe -= written;
        }
        return true;
    }

    /** Nobody will hear any more of it. */
    void giveUp() {
        over = true;
    }

    /** Throws away what it holds. To be called once. */
    void close() {
        over = true;
        first.release();
        first = Unpooled.EMPTY_BUFFER;
        pipe.close();
    }
}
