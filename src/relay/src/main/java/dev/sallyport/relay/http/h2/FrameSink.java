package dev.sallyport.relay.http.h2;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FrameReader} tells of the frames that it read. Each method returns null, or what the frame broke, after
 * which nothing more is read.
 */
public interface FrameSink {
    /**
     * A part of a DATA frame. A frame may come in several parts, as its bytes arrive.
     *
     * @param in the next {@code length} bytes are data, to be taken out of it whatever becomes of them
     * @param flow the bytes that count against windows: the data, and with the last part the padding
     * @param end whether the stream ends with it
     */
    @Nullable
    Breach data(int stream, ByteBuf in, int length, int flow, boolean end);

    /**
     * A whole header block, that of HEADERS and its CONTINUATIONs.
     *
     * @param block true during the call; it must be decoded whatever becomes of the stream
     * @param end whether the stream ends with it
     * @param selfDependent whether its priority, which counts for nothing else, makes the stream depend on itself
     */
    @Nullable
    Breach headers(int stream, ByteBuf block, boolean end, boolean selfDependent);

    @Nullable
    Breach priority(int stream);

    @Nullable
    Breach reset(int stream, ErrorCode code);

    /** One setting of a SETTINGS frame, its value found sound. */
    @Nullable
    Breach setting(int id, long value);

    /** All settings of a frame were told. */
    @Nullable
    Breach settingsEnd();

    @Nullable
    Breach settingsAck();

    @Nullable
    Breach ping(boolean ack, long data);

    @Nullable
    Breach goAway(int lastStream, ErrorCode code);

    /** @param stream 0 for the connection */
    @Nullable
    Breach windowUpdate(int stream, int increment);

    /** A frame of a type that is not known here. */
    @Nullable
    Breach unknown(int type);
}
