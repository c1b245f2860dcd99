package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Octets;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunked transfer coding (RFC 9112, section 7.1) as bytes come. Sizes are 1 to 16 hexadecimal digits and
 * fit a long; every line ends in CRLF; extensions are bounded and dropped; trailers are read by the rules of all fields.
 */
final class ChunkParser {
    /** The most trailers that a peer may send. */
    private static final HeadLimits TRAILER_LIMITS = new HeadLimits(1, 8 << 10, 32);

    /** Extensions may take as many bytes as the data so far, and this many more. */
    private static final int EXTENSION_ALLOWANCE = 4 << 10;

    private static final int MAX_DIGITS = 16;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        END,
        FAILED
    }

    private final TrailerHead trailers = new TrailerHead();
    private final TrailerParser trailerParser = new TrailerParser(trailers, TRAILER_LIMITS);
    private State state = State.SIZE;
    private @Nullable Fault fault;
    private int digits;
    private long remaining;
    private long received;
    private long extensionBytes;

    void reset() {
        trailerParser.reset();
        state = State.SIZE;
        fault = null;
        digits = 0;
        remaining = 0;
        received = 0;
        extensionBytes = 0;
    }

    /**
     * Takes what is not data from {@code in}.
     *
     * @return {@link BodyReader.Part#DATA} when data comes next, of which {@link #remaining()} bytes are left
     */
    BodyReader.Part advance(ByteBuf in) {
        while (true) {
            switch (state) {
                case DATA -> {
                    if (remaining > 0) {
                        return in.isReadable() ? BodyReader.Part.DATA : BodyReader.Part.NEED_MORE;
                    }
                    state = State.DATA_CR;
                }
                case TRAILERS -> {
                    switch (trailerParser.parse(in)) {
                        case NEED_MORE -> {
                            return BodyReader.Part.NEED_MORE;
                        }
                        case COMPLETE -> state = State.END;
                        case FAILED -> fail(trailerParser.fault());
                    }
                }
                case END -> {
                    return BodyReader.Part.END;
                }
                case FAILED -> {
                    return BodyReader.Part.FAILED;
                }
                case SIZE, EXTENSION, SIZE_LF, DATA_CR, DATA_LF -> {
                    if (!in.isReadable()) {
                        return BodyReader.Part.NEED_MORE;
                    }
                    step(in.readByte());
                }
            }
        }
    }

    /** Says that {@code length} bytes of data were taken. */
    void taken(int length) {
        remaining -= length;
        received += length;
    }

    /** Bytes of data left in this chunk. */
    long remaining() {
        return remaining;
    }

    @Nullable
    Fault fault() {
        return fault;
    }

    TrailerHead trailers() {
        return trailers;
    }

    private void step(byte octet) {
        switch (state) {
            case SIZE -> size(octet);
            case EXTENSION -> extension(octet);
            case SIZE_LF -> {
                if (octet != '\n') {
                    fail(Fault.LINE_ENDING);
                } else {
                    state = remaining == 0 ? State.TRAILERS : State.DATA;
                    digits = 0;
                }
            }
            case DATA_CR -> expect(octet, '\r', State.DATA_LF);
            case DATA_LF -> expect(octet, '\n', State.SIZE);
            case DATA, TRAILERS, END, FAILED -> throw new IllegalStateException(state.name());
        }
    }

    private void size(byte octet) {
        int value = Octets.hexValue(octet);
        if (value >= 0) {
            remaining = remaining << 4 | value;
            if (++digits > MAX_DIGITS || remaining < 0 || remaining > Long.MAX_VALUE - received) {
                fail(Fault.CHUNK_SIZE);
            }
        } else if (digits == 0) {
            fail(Fault.CHUNK_SIZE);
        } else if (octet == '\r') {
            state = State.SIZE_LF;
        } else if (octet == ';') {
            state = State.EXTENSION;
        } else {
            fail(octet == '\n' ? Fault.LINE_ENDING : Fault.CHUNK_SIZE);
        }
    }

    private void extension(byte octet) {
        if (octet == '\r') {
            state = State.SIZE_LF;
        } else if (!Octets.isFieldContent(octet)) {
            fail(Fault.CHUNK_EXTENSION);
        } else if (++extensionBytes - received > EXTENSION_ALLOWANCE) {
            fail(Fault.CHUNK_EXTENSIONS_TOO_LARGE);
        }
    }

    private void expect(byte octet, char wanted, State next) {
        if (octet == wanted) {
            state = next;
        } else {
            fail(Fault.CHUNK_END);
        }
    }

    private void fail(@Nullable Fault wrong) {
        fault = wrong;
        state = State.FAILED;
    }
}
