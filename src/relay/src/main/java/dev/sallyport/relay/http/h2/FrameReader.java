package dev.sallyport.relay.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a connection (RFC 9113, sections 4 and 6), after the preface. DATA goes on as it comes, all other
 * frames when they are whole. The outcome does not depend on how the bytes were cut.
 */
public final class FrameReader {
    /** A block of the largest head that is taken fits into a few frames. */
    private static final int MOST_FRAGMENTS = 32;

    private static final int PRIORITY_BYTES = 5;
    private static final int NO_STREAM = 0;

    private final ByteBufAllocator allocator;
    private final int blockBytes;
    private final FrameSink sink;

    private boolean settingsSeen;
    private boolean inData;
    private int dataStream;
    private boolean dataEnds;
    private int dataLeft;
    private int paddingLeft;
    private int paddingFlow;

    private ByteBuf block = Unpooled.EMPTY_BUFFER;
    private int blockStream = NO_STREAM;
    private boolean blockEnds;
    private boolean blockSelfDependent;
    private int fragments;
    private @Nullable Breach breach;
    private boolean stopped;

    /** @param blockBytes the most bytes of a header block as it is sent */
    public FrameReader(ByteBufAllocator allocator, int blockBytes, FrameSink sink) {
        this.allocator = allocator;
        this.blockBytes = blockBytes;
        this.sink = sink;
    }

    /**
     * Reads all that is whole.
     *
     * @return null when more is needed, or what ends the connection; then nothing more is read
     */
    public @Nullable Breach read(ByteBuf in) {
        while (breach == null && !stopped && (inData ? readData(in) : readFrame(in))) {
            // the next one
        }
        return breach;
    }

    /** Nothing more is read. */
    public void stop() {
        stopped = true;
        release();
    }

    /** Whether a header block has begun whose end did not come yet. */
    public boolean inBlock() {
        return blockStream != NO_STREAM;
    }

    /** Whether the next bytes are those of a DATA frame that has begun. */
    public boolean inData() {
        return inData;
    }

    private void release() {
        block.release();
        block = Unpooled.EMPTY_BUFFER;
        blockStream = NO_STREAM;
    }

    private boolean readFrame(ByteBuf in) {
        if (in.readableBytes() < Frames.HEADER_BYTES) {
            return false;
        }
        int at = in.readerIndex();
        int length = in.getUnsignedMedium(at);
        int type = in.getUnsignedByte(at + 3);
        int flags = in.getUnsignedByte(at + 4);
        int stream = in.getInt(at + 5) & Integer.MAX_VALUE;
        breach = checkHeader(length, type, flags, stream);
        if (breach != null) {
            return false;
        }
        if (type == Frames.DATA) {
            return beginData(in, length, flags, stream);
        }
        if (in.readableBytes() < Frames.HEADER_BYTES + length) {
            return false;
        }
        in.skipBytes(Frames.HEADER_BYTES);
        int end = in.readerIndex() + length;
        breach = payload(in, length, type, flags, stream);
        in.readerIndex(end);
        return true;
    }

    private @Nullable Breach checkHeader(int length, int type, int flags, int stream) {
        if (length > Frames.FRAME_BYTES) {
            return Breach.FRAME_TOO_LARGE;
        }
        if (!settingsSeen && (type != Frames.SETTINGS || (flags & Frames.ACK) != 0)) {
            return Breach.SETTINGS_NOT_FIRST;
        }
        if (blockStream != NO_STREAM && (type != Frames.CONTINUATION || stream != blockStream)) {
            return Breach.HEADER_BLOCK_INTERRUPTED;
        }
        return switch (type) {
            case Frames.DATA, Frames.HEADERS -> stream == 0 ? Breach.FRAME_STREAM : null;
            case Frames.CONTINUATION -> blockStream == NO_STREAM ? Breach.CONTINUATION_UNASKED : null;
            case Frames.PRIORITY -> shape(stream != 0, length == PRIORITY_BYTES);
            case Frames.RST_STREAM -> shape(stream != 0, length == 4);
            case Frames.SETTINGS -> shape(stream == 0, (flags & Frames.ACK) != 0 ? length == 0 : length % 6 == 0);
            case Frames.PUSH_PROMISE -> Breach.PUSH;
            case Frames.PING -> shape(stream == 0, length == 8);
            case Frames.GOAWAY -> shape(stream == 0, length >= 8);
            case Frames.WINDOW_UPDATE -> length == 4 ? null : Breach.FRAME_LENGTH;
            default -> null;
        };
    }

    private static @Nullable Breach shape(boolean onItsStream, boolean ofItsLength) {
        if (!onItsStream) {
            return Breach.FRAME_STREAM;
        }
        return ofItsLength ? null : Breach.FRAME_LENGTH;
    }

    // ---- DATA

    private boolean beginData(ByteBuf in, int length, int flags, int stream) {
        boolean padded = (flags & Frames.PADDED) != 0;
        if (padded && in.readableBytes() == Frames.HEADER_BYTES && length > 0) {
            return false;
        }
        in.skipBytes(Frames.HEADER_BYTES);
        int padding = 0;
        if (padded) {
            padding = length == 0 ? 0 : in.readUnsignedByte();
            if (padding >= length) {
                breach = Breach.PADDING;
                return false;
            }
        }
        inData = true;
        dataStream = stream;
        dataEnds = (flags & Frames.END_STREAM) != 0;
        paddingLeft = padding;
        paddingFlow = padded ? 1 + padding : 0;
        dataLeft = length - paddingFlow;
        return true;
    }

    private boolean readData(ByteBuf in) {
        int length = Math.min(dataLeft, in.readableBytes());
        if (length < dataLeft || paddingFlow > 0 && length > 0) {
            if (length == 0) {
                return false;
            }
            dataLeft -= length;
            breach = sink.data(dataStream, in, length, length, false);
            return true;
        }
        int skipped = Math.min(paddingLeft, in.readableBytes() - length);
        if (skipped < paddingLeft) {
            in.skipBytes(skipped);
            paddingLeft -= skipped;
            return false;
        }
        inData = false;
        dataLeft = 0;
        breach = sink.data(dataStream, in, length, length + paddingFlow, dataEnds);
        in.skipBytes(skipped);
        return true;
    }

    // ---- all others

    private @Nullable Breach payload(ByteBuf in, int length, int type, int flags, int stream) {
        return switch (type) {
            case Frames.HEADERS -> headers(in, length, flags, stream);
            case Frames.CONTINUATION -> fragment(in, length, flags);
            case Frames.PRIORITY ->
                (in.getInt(in.readerIndex()) & Integer.MAX_VALUE) == stream
                        ? Breach.SELF_DEPENDENCY
                        : sink.priority(stream);
            case Frames.RST_STREAM -> sink.reset(stream, ErrorCode.of(in.readUnsignedInt()));
            case Frames.SETTINGS -> settings(in, length, flags);
            case Frames.PING -> sink.ping((flags & Frames.ACK) != 0, in.readLong());
            case Frames.GOAWAY -> sink.goAway(in.readInt() & Integer.MAX_VALUE, ErrorCode.of(in.readUnsignedInt()));
            case Frames.WINDOW_UPDATE -> sink.windowUpdate(stream, in.readInt() & Integer.MAX_VALUE);
            default -> sink.unknown(type);
        };
    }

    private @Nullable Breach headers(ByteBuf in, int length, int flags, int stream) {
        int left = length;
        int padding = 0;
        if ((flags & Frames.PADDED) != 0) {
            if (left == 0) {
                return Breach.FRAME_LENGTH;
            }
            padding = in.readUnsignedByte();
            left -= 1 + padding;
        }
        blockSelfDependent = false;
        if ((flags & Frames.HAS_PRIORITY) != 0) {
            if (left < PRIORITY_BYTES) {
                return padding > 0 ? Breach.PADDING : Breach.FRAME_LENGTH;
            }
            blockSelfDependent = (in.readInt() & Integer.MAX_VALUE) == stream;
            in.skipBytes(1);
            left -= PRIORITY_BYTES;
        }
        if (left < 0) {
            return Breach.PADDING;
        }
        blockEnds = (flags & Frames.END_STREAM) != 0;
        fragments = 0;
        if ((flags & Frames.END_HEADERS) != 0) {
            return left > blockBytes ? Breach.HEADER_BLOCK_TOO_LARGE : wholeBlock(in, left, stream);
        }
        blockStream = stream;
        return fragment(in, left, flags);
    }

    private @Nullable Breach wholeBlock(ByteBuf in, int length, int stream) {
        ByteBuf whole = in.readRetainedSlice(length);
        try {
            return sink.headers(stream, whole, blockEnds, blockSelfDependent);
        } finally {
            whole.release();
        }
    }

    private @Nullable Breach fragment(ByteBuf in, int length, int flags) {
        if (++fragments > MOST_FRAGMENTS) {
            return Breach.CONTINUATION_FLOOD;
        }
        if (block.readableBytes() + length > blockBytes) {
            return Breach.HEADER_BLOCK_TOO_LARGE;
        }
        if (block.capacity() == 0) {
            block = allocator.buffer(Math.max(length, 256));
        }
        block.writeBytes(in, length);
        if ((flags & Frames.END_HEADERS) == 0) {
            return null;
        }
        int stream = blockStream;
        blockStream = NO_STREAM;
        Breach wrong = sink.headers(stream, block, blockEnds, blockSelfDependent);
        release();
        return wrong;
    }

    private @Nullable Breach settings(ByteBuf in, int length, int flags) {
        settingsSeen = true;
        if ((flags & Frames.ACK) != 0) {
            return sink.settingsAck();
        }
        for (int i = 0; i < length; i += 6) {
            int id = in.readUnsignedShort();
            long value = in.readUnsignedInt();
            Breach wrong = checkSetting(id, value);
            if (wrong == null) {
                wrong = sink.setting(id, value);
            }
            if (wrong != null) {
                return wrong;
            }
        }
        return sink.settingsEnd();
    }

    private static @Nullable Breach checkSetting(int id, long value) {
        return switch (id) {
            case Frames.ENABLE_PUSH, Frames.ENABLE_CONNECT_PROTOCOL -> value > 1 ? Breach.SETTINGS_VALUE : null;
            case Frames.INITIAL_WINDOW_SIZE -> value > Frames.LARGEST_WINDOW ? Breach.SETTINGS_WINDOW : null;
            case Frames.MAX_FRAME_SIZE -> value < Frames.FRAME_BYTES || value > 0xFFFFFF ? Breach.SETTINGS_VALUE : null;
            default -> null;
        };
    }
}
