package dev.sallyport.relay.http.h2;

import io.netty.buffer.ByteBuf;

/** Numbers of frames and settings (RFC 9113, sections 6 and 11), and small frames as they are written. */
public final class Frames {
    public static final int HEADER_BYTES = 9;

    /** The largest frame that a peer takes before it says otherwise, and the largest that is taken here. */
    public static final int FRAME_BYTES = 1 << 14;

    public static final int DEFAULT_WINDOW = (1 << 16) - 1;
    public static final int LARGEST_WINDOW = Integer.MAX_VALUE;

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 0x1;
    public static final int ACK = 0x1;
    public static final int END_HEADERS = 0x4;
    public static final int PADDED = 0x8;
    public static final int HAS_PRIORITY = 0x20;

    public static final int HEADER_TABLE_SIZE = 1;
    public static final int ENABLE_PUSH = 2;
    public static final int MAX_CONCURRENT_STREAMS = 3;
    public static final int INITIAL_WINDOW_SIZE = 4;
    public static final int MAX_FRAME_SIZE = 5;
    public static final int MAX_HEADER_LIST_SIZE = 6;
    /** RFC 8441, section 3. */
    public static final int ENABLE_CONNECT_PROTOCOL = 8;

    private Frames() {}

    /** Writes the header of a frame. */
    public static void header(ByteBuf out, int length, int type, int flags, int stream) {
        out.writeMedium(length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
    }

    /** Begins a SETTINGS frame of so many {@link #setting}s. */
    public static void settings(ByteBuf out, int settings) {
        header(out, settings * 6, SETTINGS, 0, 0);
    }

    /** Writes one setting. */
    public static void setting(ByteBuf out, int id, int value) {
        out.writeShort(id);
        out.writeInt(value);
    }

    public static void settingsAck(ByteBuf out) {
        header(out, 0, SETTINGS, ACK, 0);
    }

    public static void ping(ByteBuf out, boolean ack, long data) {
        header(out, 8, PING, ack ? ACK : 0, 0);
        out.writeLong(data);
    }

    public static void reset(ByteBuf out, int stream, ErrorCode code) {
        header(out, 4, RST_STREAM, 0, stream);
        out.writeInt(code.number());
    }

    public static void goAway(ByteBuf out, int lastStream, ErrorCode code) {
        header(out, 8, GOAWAY, 0, 0);
        out.writeInt(lastStream);
        out.writeInt(code.number());
    }

    /** Gives credit for a stream, or with 0 for the connection. */
    public static void windowUpdate(ByteBuf out, int stream, int increment) {
        header(out, 4, WINDOW_UPDATE, 0, stream);
        out.writeInt(increment);
    }
}
