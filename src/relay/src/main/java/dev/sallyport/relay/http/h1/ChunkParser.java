package dev.sallyport.relay.http.h1;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Octets;
import dev.sallyport.relay.http.TrailerHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunked transfer coding (RFC 9112, section 7.1) as bytes come. Sizes are 1 to 16 hexadecimal digits and
 * fit a long; every line ends in CRLF; extensions must be well-formed and without blanks, are bounded, and are dropped;
 * trailers are read by the rules of all fields.
 */
final class ChunkParser {
    /** The most trailers that a peer may send. */
    private static final HeadLimits TRAILER_LIMITS = new HeadLimits(1, 8 << 10, 32);

    /** Extensions may take as many bytes as the data so far, and this many more. */
    private static final int EXTENSION_ALLOWANCE = 4 << 10;

    private static final int MAX_DIGITS = 16;

    private enum State {
        SIZE,
        EXTENSION_NAME,
        EXTENSION_EQUALS,
        EXTENSION_TOKEN,
        EXTENSION_QUOTED,
        EXTENSION_ESCAPED,
        EXTENSION_END,
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
    private int nameLength;

    void reset() {
        trailerParser.reset();
        state = State.SIZE;
        fault = null;
        digits = 0;
        remaining = 0;
        received = 0;
        extensionBytes = 0;
        nameLength = 0;
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
                default -> {
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
            case EXTENSION_NAME,
                    EXTENSION_EQUALS,
                    EXTENSION_TOKEN,
                    EXTENSION_QUOTED,
                    EXTENSION_ESCAPED,
                    EXTENSION_END -> extension(octet);
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
            beginExtension();
        } else {
            fail(octet == '\n' ? Fault.LINE_ENDING : Fault.CHUNK_SIZE);
        }
    }

    private void beginExtension() {
        state = State.EXTENSION_NAME;
        nameLength = 0;
    }

    private void extension(byte octet) {
        if (++extensionBytes - received > EXTENSION_ALLOWANCE) {
            fail(Fault.CHUNK_EXTENSIONS_TOO_LARGE);
        } else if (state == State.EXTENSION_QUOTED) {
            quoted(octet);
        } else if (state == State.EXTENSION_ESCAPED) {
            state = State.EXTENSION_QUOTED;
            if (!Octets.isFieldContent(octet)) {
                fail(Fault.CHUNK_EXTENSION);
            }
        } else if (Octets.isToken(octet) && state != State.EXTENSION_END) {
            state = state == State.EXTENSION_EQUALS ? State.EXTENSION_TOKEN : state;
            nameLength++;
        } else if (octet == '"' && state == State.EXTENSION_EQUALS) {
            state = State.EXTENSION_QUOTED;
        } else if (nameLength == 0 || state == State.EXTENSION_EQUALS) {
            fail(Fault.CHUNK_EXTENSION);
        } else if (octet == '=' && state == State.EXTENSION_NAME) {
            state = State.EXTENSION_EQUALS;
        } else if (octet == ';') {
            beginExtension();
        } else if (octet == '\r') {
            state = State.SIZE_LF;
        } else {
            fail(Fault.CHUNK_EXTENSION);
        }
    }

    private void quoted(byte octet) {
        if (octet == '"') {
            state = State.EXTENSION_END;
        } else if (octet == '\\') {
            state = State.EXTENSION_ESCAPED;
        } else if (!Octets.isFieldContent(octet)) {
            fail(Fault.CHUNK_EXTENSION);
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
