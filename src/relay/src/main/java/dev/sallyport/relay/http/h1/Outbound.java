package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.loop.Round;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What is to be sent on a connection. Small pieces are gathered in one buffer, so that a head and a short body are one to
 * the system and one record of TLS. They are sent when the loop has read all that had arrived, with those of other
 * connections, or before that when there is much.
 */
public final class Outbound {
    /** What a buffer has room for, at least, when it is written to. */
    private static final int ROOM = 1 << 10;

    /** Longer pieces are not copied. */
    private static final int SMALL = 1 << 10;

    /** With as much, sending takes so long that it can as well be done at once, while the bytes are in the caches. */
    private static final int MUCH = 8 << 10;

    private final Round round;
    private final Channel channel;
    private final Runnable roundEnds = this::roundEnds;
    private @Nullable ByteBuf gathered;
    private int written;
    private boolean dirty;
    private boolean awaitsEnd;

    public Outbound(Round round, Channel channel) {
        this.round = round;
        this.channel = channel;
    }

    /** A buffer for a head, or for what frames a body, to be written to at once. */
    public ByteBuf room() {
        touch();
        ByteBuf known = gathered;
        if (known != null && known.writableBytes() >= ROOM) {
            return known;
        }
        handOver();
        ByteBuf fresh = channel.alloc().ioBuffer(ROOM + SMALL);
        gathered = fresh;
        return fresh;
    }

    /** Takes over a run of data. */
    public void write(ByteBuf data) {
        touch();
        int length = data.readableBytes();
        written += length;
        ByteBuf known = gathered;
        if (known != null && length <= SMALL && length <= known.writableBytes()) {
            known.writeBytes(data);
            data.release();
        } else {
            handOver();
            channel.write(data, channel.voidPromise());
        }
    }

    /** Nothing more comes for now: sends what was written if it is much. */
    public void flush() {
        if (written >= MUCH) {
            send();
        }
    }

    /** Sends what was written. */
    public void send() {
        if (dirty) {
            dirty = false;
            written = 0;
            handOver();
            channel.flush();
        }
    }

    private void touch() {
        dirty = true;
        if (!awaitsEnd) {
            awaitsEnd = true;
            round.atEnd(roundEnds);
        }
    }

    private void roundEnds() {
        awaitsEnd = false;
        send();
    }

    private void handOver() {
        ByteBuf known = gathered;
        if (known == null) {
            return;
        }
        gathered = null;
        if (channel.isOpen()) {
            channel.write(known, channel.voidPromise());
        } else {
            known.release();
        }
    }
}
