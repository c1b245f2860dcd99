package dev.sallyport.relay.http.server;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.FrameSink;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.http.h2.HeadDecoder;
import dev.sallyport.relay.http.h2.Inflow;
import dev.sallyport.relay.http.h2.Outbox;
import dev.sallyport.relay.http.h2.Outflow;
import dev.sallyport.relay.record.Decision.End;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The frames that a client sends, each brought to the stream or the part of its connection that it concerns. */
final class ClientFrames implements FrameSink {
    /** The streams that a client may have open. */
    static final int STREAMS = 100;

    private static final int START_LINE_BYTES = 8 << 10;
    private static final int FIELDS = 100;

    /** Streams that are kept for reuse. */
    private static final int SPARE = 16;

    private final Http2Connection connection;
    private final Floods floods;
    private final Outbox out;
    private final Outflow outflow;
    private final HeadDecoder heads;
    private final Inflow inflow = new Inflow(Http2Connection.CONNECTION_WINDOW);
    private final IntObjectMap<Http2Stream> streams = new IntObjectHashMap<>();
    private final ArrayDeque<Http2Stream> spare = new ArrayDeque<>();
    private final ClosedStreams closed = new ClosedStreams();
    private int lastStream;

    ClientFrames(Http2Connection connection, Floods floods, int headBytes) {
        this.connection = connection;
        this.floods = floods;
        this.out = connection.outbox();
        this.outflow = connection.outflow();
        this.heads = new HeadDecoder(
                new HeadLimits(Math.min(START_LINE_BYTES, headBytes), headBytes, FIELDS), new SplittableRandom());
    }

    // ---- streams

    /** The highest number of a stream that was begun. */
    int lastStream() {
        return lastStream;
    }

    /** Whether no stream runs. */
    boolean isQuiet() {
        return streams.isEmpty();
    }

    /** Those that run now. */
    Http2Stream[] streams() {
        return streams.values().toArray(Http2Stream[]::new);
    }

    /** A stream has closed. */
    void closed(Http2Stream stream, boolean byUs) {
        streams.remove(stream.id());
        closed.add(stream.id(), byUs);
        if (spare.size() < SPARE) {
            spare.push(stream);
        } else {
            stream.discard();
        }
        if (streams.isEmpty()) {
            connection.idle();
        }
    }

    /** Gives the client credit for what was taken of any stream. */
    void taken(int bytes) {
        int increment = inflow.taken(bytes);
        if (increment > 0) {
            connection.credit(increment);
        }
    }

    /** Lets go of all: there will be no further stream. */
    void discard() {
        spare.forEach(Http2Stream::discard);
    }

    // ---- frames

    @Override
    public @Nullable Breach data(int stream, ByteBuf in, int length, int flow, boolean end) {
        if (!inflow.arrived(flow)) {
            return Breach.WINDOW_EXCEEDED;
        }
        if (length > 0) {
            floods.moved(length);
        } else if (!end && floods.idle(Breach.EMPTY_DATA_FLOOD) != null) {
            return Breach.EMPTY_DATA_FLOOD;
        }
        Http2Stream known = streams.get(stream);
        if (known != null) {
            known.data(in, length, flow, end);
            return floods.calm();
        }
        in.skipBytes(length);
        taken(flow);
        if (isIdle(stream)) {
            return Breach.STREAM_IDLE;
        }
        return late(stream);
    }

    /** More came on a stream that is closed. */
    private @Nullable Breach late(int stream) {
        if (closed.endedByClient(stream)) {
            return Breach.STREAM_CLOSED;
        }
        if (!closed.resetByUs(stream) && stream <= lastStream) {
            closed.add(stream, true);
            out.reset(stream, ErrorCode.STREAM_CLOSED);
            floods.provoked();
        }
        return floods.calm();
    }

    private boolean isIdle(int stream) {
        return (stream & 1) == 0 || stream > lastStream && !connection.saidLast();
    }

    @Override
    public @Nullable Breach headers(int stream, ByteBuf block, boolean end, boolean selfDependent) {
        Http2Stream known = streams.get(stream);
        if (known != null) {
            Breach broken = heads.trailers(block, known.trailers());
            if (broken == null) {
                known.trailers(heads.fault(), end);
                broken = floods.calm();
            }
            return broken;
        }
        if ((stream & 1) == 0 || stream <= lastStream || connection.saidLast() || streams.size() >= STREAMS) {
            Breach broken = heads.skip(block);
            return broken == null ? refuse(stream) : broken;
        }
        lastStream = stream;
        return open(stream, block, end, selfDependent);
    }

    private @Nullable Breach refuse(int stream) {
        if ((stream & 1) == 0) {
            return Breach.STREAM_ID;
        }
        if (stream <= lastStream) {
            return closed.endedByClient(stream)
                    ? Breach.STREAM_CLOSED
                    : closed.resetByUs(stream) ? null : Breach.STREAM_ID;
        }
        if (connection.saidLast()) {
            return null;
        }
        lastStream = stream;
        closed.add(stream, true);
        out.reset(stream, ErrorCode.REFUSED_STREAM);
        floods.provoked();
        return floods.calm();
    }

    private @Nullable Breach open(int id, ByteBuf block, boolean end, boolean selfDependent) {
        Http2Stream stream = spare.isEmpty() ? new Http2Stream(connection) : spare.pop();
        stream.request().reset();
        Breach broken = heads.request(block, stream.request(), end);
        if (broken != null) {
            spare.push(stream);
            return broken;
        }
        floods.asked();
        connection.busy();
        streams.put(id, stream);
        stream.open(id, end);
        Fault fault = heads.fault();
        if (selfDependent) {
            stream.fail(ErrorCode.PROTOCOL_ERROR);
        } else if (fault != null) {
            stream.beginFaulty(fault);
        } else {
            stream.begin();
        }
        return floods.calm();
    }

    @Override
    public @Nullable Breach priority(int stream) {
        return floods.idle(Breach.PRIORITY_FLOOD);
    }

    @Override
    public @Nullable Breach reset(int stream, ErrorCode code) {
        Http2Stream known = streams.get(stream);
        if (known != null) {
            floods.provoked();
            known.gone(End.CLIENT_CLOSED);
            return floods.calm();
        }
        if (isIdle(stream)) {
            return Breach.STREAM_IDLE;
        }
        return floods.idle(Breach.RESET_FLOOD);
    }

    @Override
    public @Nullable Breach setting(int id, long value) {
        return id == Frames.INITIAL_WINDOW_SIZE ? outflow.initialWindow((int) value, streams.values()) : null;
    }

    @Override
    public @Nullable Breach settingsEnd() {
        out.settingsAck();
        outflow.resume();
        return floods.answered(Breach.SETTINGS_FLOOD);
    }

    @Override
    public @Nullable Breach settingsAck() {
        return floods.idle(Breach.SETTINGS_FLOOD);
    }

    @Override
    public @Nullable Breach ping(boolean ack, long data) {
        if (ack) {
            connection.answered(data);
            return floods.idle(Breach.PING_FLOOD);
        }
        out.ping(true, data);
        return floods.answered(Breach.PING_FLOOD);
    }

    /** The client opens no more streams, which it need not say. */
    @Override
    public @Nullable Breach goAway(int last, ErrorCode code) {
        return floods.idle(Breach.UNKNOWN_FRAME_FLOOD);
    }

    @Override
    public @Nullable Breach windowUpdate(int stream, int increment) {
        Breach flood = floods.idle(Breach.WINDOW_UPDATE_FLOOD);
        if (flood != null) {
            return flood;
        }
        if (stream == 0) {
            return outflow.credit(increment);
        }
        Http2Stream known = streams.get(stream);
        if (known == null) {
            return isIdle(stream) ? Breach.STREAM_IDLE : null;
        }
        ErrorCode wrong = outflow.credit(known, increment);
        if (wrong != null) {
            known.fail(wrong);
        }
        return floods.calm();
    }

    @Override
    public @Nullable Breach unknown(int type) {
        return floods.idle(Breach.UNKNOWN_FRAME_FLOOD);
    }
}
