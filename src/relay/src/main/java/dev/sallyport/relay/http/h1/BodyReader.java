package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.MessageHead;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the body of a message out of inbound buffers, the same way for every {@link Framing}:
 * <pre>{@code
 * body.begin(head);
 * while (true) {
 *     switch (body.next(in)) {
 *         case DATA -> out.write(body.slice());
 *         case NEED_MORE -> { return; }         // wait for the next buffer
 *         case END -> { finish(); return; }     // what is left in the buffer is the next message
 *         case FAILED -> { refuse(body.fault()); return; }
 *     }
 * }
 * }</pre>
 * An instance is reused for one body after another.
 */
public final class BodyReader {
    /** What comes next in a body. */
    public enum Part {
        /** A run of data: {@link BodyReader#slice()} must be called, once. */
        DATA,
        /** All bytes given were taken, and more are needed. */
        NEED_MORE,
        /** The body has ended; what follows it was not taken. */
        END,
        /** The body is faulty: nothing more may be read from the connection. */
        FAILED
    }

    private final ChunkParser chunks = new ChunkParser();
    private Framing framing = Framing.NONE;
    private long remaining;
    private long received;
    private boolean closed;
    private @Nullable Fault fault;
    private @Nullable ByteBuf source;
    private int available;

    /** Begins the body of a message whose head is complete. */
    public void begin(MessageHead head) {
        framing = head.framing();
        remaining = framing == Framing.LENGTH ? head.contentLength() : 0;
        received = 0;
        closed = false;
        fault = null;
        source = null;
        if (framing == Framing.CHUNKED) {
            chunks.reset();
        }
    }

    /** Looks at {@code in} and takes from it what is framing. */
    public Part next(ByteBuf in) {
        if (fault != null) {
            return Part.FAILED;
        }
        return switch (framing) {
            case NONE -> Part.END;
            case LENGTH -> remaining == 0 ? Part.END : data(in, remaining);
            case UNTIL_CLOSE -> closed && !in.isReadable() ? Part.END : data(in, Long.MAX_VALUE);
            case CHUNKED -> {
                Part part = chunks.advance(in);
                fault = chunks.fault();
                yield part == Part.DATA ? data(in, chunks.remaining()) : part;
            }
        };
    }

    private Part data(ByteBuf in, long most) {
        available = (int) Math.min(most, in.readableBytes());
        if (available == 0) {
            return Part.NEED_MORE;
        }
        source = in;
        return Part.DATA;
    }

    /** Takes the run of data that {@link #next} found, as a retained slice that the caller releases. */
    public ByteBuf slice() {
        ByteBuf slice = Objects.requireNonNull(source, "no data comes next").readRetainedSlice(available);
        source = null;
        received += available;
        switch (framing) {
            case LENGTH -> remaining -= available;
            case CHUNKED -> chunks.taken(available);
            case NONE, UNTIL_CLOSE -> {}
        }
        return slice;
    }

    /**
     * Says that the peer closed its side after all that was given.
     *
     * @return {@link Part#END} when the body is whole, {@link Part#FAILED} when it was cut short
     */
    public Part close(ByteBuf in) {
        closed = true;
        Part part = next(in);
        if (part == Part.NEED_MORE) {
            fault = Fault.BODY_INCOMPLETE;
            return Part.FAILED;
        }
        return part;
    }

    /** The bytes of data taken so far, without framing. */
    public long received() {
        return received;
    }

    /** The bytes of data that a counted body still lacks; 0 with any other framing. */
    public long remaining() {
        return remaining;
    }

    /** Says that {@code length} bytes of a counted body went another way than through {@link #next}. */
    public void skip(long length) {
        if (framing != Framing.LENGTH || length < 0 || length > remaining) {
            throw new IllegalArgumentException(length + " of " + remaining + " bytes of " + framing);
        }
        remaining -= length;
        received += length;
    }

    /** What is wrong, after {@link Part#FAILED}; otherwise null. */
    public @Nullable Fault fault() {
        return fault;
    }

    /** The trailer fields, after {@link Part#END} and until the next body begins; null when there are none. */
    public @Nullable TrailerHead trailers() {
        TrailerHead trailers = chunks.trailers();
        return framing == Framing.CHUNKED && trailers.fields() > 0 ? trailers : null;
    }
}
