package dev.sallyport.relay.http.client;

import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.FrameSink;
import dev.sallyport.relay.http.h2.Frames;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The frames that an origin sends, each brought to the stream or the part of its connection that it concerns. */
final class OriginFrames implements FrameSink {
    /** Frames that bring nothing on, between two that do. */
    private static final int MOST_IDLE = 1000;

    private final SharedConnection connection;
    private int idle;

    OriginFrames(SharedConnection connection) {
        this.connection = connection;
    }

    /** One more frame that is answered or thrown away. */
    private @Nullable Breach idle(Breach flood) {
        return ++idle > MOST_IDLE ? flood : null;
    }

    private @Nullable Breach noStream(int id) {
        return connection.neverWas(id) ? Breach.STREAM_IDLE : null;
    }

    @Override
    public @Nullable Breach data(int id, ByteBuf in, int length, int flow, boolean end) {
        OriginStream stream = connection.stream(id);
        if (!connection.inflow().arrived(flow)) {
            in.skipBytes(length);
            return Breach.WINDOW_EXCEEDED;
        }
        if (stream == null) {
            in.skipBytes(length);
            connection.taken(flow);
            return noStream(id);
        }
        if (stream.inputEnded()) {
            in.skipBytes(length);
            return Breach.STREAM_CLOSED;
        }
        if (length > 0 || end) {
            idle = 0;
        }
        stream.data(in, length, flow, end);
        return length > 0 || end ? null : idle(Breach.EMPTY_DATA_FLOOD);
    }

    @Override
    public @Nullable Breach headers(int id, ByteBuf block, boolean end, boolean selfDependent) {
        OriginStream stream = connection.stream(id);
        if (stream == null) {
            Breach wrong = connection.heads().skip(block);
            return wrong == null ? noStream(id) : wrong;
        }
        idle = 0;
        return stream.inputEnded() ? Breach.STREAM_CLOSED : stream.headers(connection.heads(), block, end);
    }

    @Override
    public @Nullable Breach priority(int id) {
        return idle(Breach.PRIORITY_FLOOD);
    }

    @Override
    public @Nullable Breach reset(int id, ErrorCode code) {
        OriginStream stream = connection.stream(id);
        if (stream == null) {
            return connection.neverWas(id) ? Breach.STREAM_IDLE : idle(Breach.RESET_FLOOD);
        }
        stream.reset(code);
        return null;
    }

    @Override
    public @Nullable Breach setting(int id, long value) {
        return switch (id) {
            case Frames.ENABLE_PUSH -> value == 0 ? null : Breach.SETTINGS_VALUE;
            case Frames.MAX_CONCURRENT_STREAMS -> {
                connection.mostStreams(value);
                yield null;
            }
            case Frames.INITIAL_WINDOW_SIZE -> connection.outflow().initialWindow((int) value, connection.streams());
            case Frames.ENABLE_CONNECT_PROTOCOL -> {
                connection.takesWebSockets(value == 1);
                yield null;
            }
            default -> null;
        };
    }

    @Override
    public @Nullable Breach settingsEnd() {
        connection.out().settingsAck();
        connection.outflow().resume();
        connection.settled();
        return idle(Breach.SETTINGS_FLOOD);
    }

    @Override
    public @Nullable Breach settingsAck() {
        return idle(Breach.SETTINGS_FLOOD);
    }

    @Override
    public @Nullable Breach ping(boolean ack, long data) {
        if (!ack) {
            connection.out().ping(true, data);
        }
        return idle(Breach.PING_FLOOD);
    }

    @Override
    public @Nullable Breach goAway(int lastStream, ErrorCode code) {
        connection.goesAway(lastStream);
        return idle(Breach.UNKNOWN_FRAME_FLOOD);
    }

    @Override
    public @Nullable Breach windowUpdate(int id, int increment) {
        Breach wrong = id == 0 ? connection.outflow().credit(increment) : creditStream(id, increment);
        return wrong == null ? idle(Breach.WINDOW_UPDATE_FLOOD) : wrong;
    }

    private @Nullable Breach creditStream(int id, int increment) {
        OriginStream stream = connection.stream(id);
        if (stream == null) {
            return noStream(id);
        }
        ErrorCode wrong = connection.outflow().credit(stream, increment);
        if (wrong != null) {
            stream.breach(wrong);
        }
        return null;
    }

    /** Something of a request was sent, which the origin may answer by credit. */
    void sent() {
        idle = 0;
    }

    @Override
    public @Nullable Breach unknown(int type) {
        return idle(Breach.UNKNOWN_FRAME_FLOOD);
    }
}
