package dev.sallyport.relay.http.h2;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.Head;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.Octets;
import dev.sallyport.relay.http.PseudoFields;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.WebSockets;
import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes heads of header blocks, as strictly as they are read from HTTP/1: a head that comes out of here could go on in
 * HTTP/1.1 and be read there in one way. One for each direction of a connection, as blocks build on each other: every block
 * must pass through it in its order.
 */
public final class HeadDecoder {
    /** What a field counts besides its bytes (RFC 9113, section 6.5.2). */
    private static final int FIELD_OVERHEAD = 32;

    /** A colon and a blank. */
    private static final int SEPARATOR = 2;

    private final HeadLimits limits;
    private final RandomGenerator random;
    private final LineReader reader = new LineReader(new Lines());
    private final PseudoFields pseudo = new PseudoFields();
    private boolean wanted;
    private @Nullable Fault fault;
    private boolean inPseudo;
    private long listBytes;
    private int lines;
    private int pathLimit;

    /** @param random for the keys of WebSocket */
    public HeadDecoder(HeadLimits limits, RandomGenerator random) {
        this.limits = limits;
        this.random = random;
    }

    /**
     * Reads the head of a request into {@code into}, which was reset.
     *
     * @param end whether there is no body
     * @return null, or {@link Breach#COMPRESSION}; whether the head is sound says {@link #fault()}
     */
    public @Nullable Breach request(ByteBuf block, RequestHead into, boolean end) {
        pathLimit = limits.startLineBytes();
        if (!decode(block, into)) {
            return Breach.COMPRESSION;
        }
        if (fault == null) {
            if (pseudo.asksForProtocol()) {
                fault = pseudo.asksForWebSocket(into) ? null : Fault.PROTOCOL;
                WebSockets.ask(into, random);
            }
            into.merge(FieldName.COOKIE, "; ");
            into.endFields(into.filled());
            fault = fault == null ? into.complete(pseudo, end) : fault;
        }
        return null;
    }

    /**
     * Reads the head of a response, final or not, into {@code into}, which was reset.
     *
     * @param method of the request
     * @param end whether there is no body
     * @return null, or {@link Breach#COMPRESSION}; whether the head is sound says {@link #fault()}
     */
    public @Nullable Breach response(ByteBuf block, ResponseHead into, Method method, boolean end) {
        pathLimit = 0;
        if (!decode(block, into)) {
            return Breach.COMPRESSION;
        }
        if (fault == null) {
            into.endFields(into.filled());
            fault = into.complete(pseudo, method, end);
        }
        return null;
    }

    /**
     * Reads trailers into {@code into}, which was reset.
     *
     * @return null, or {@link Breach#COMPRESSION}; whether they are sound says {@link #fault()}
     */
    public @Nullable Breach trailers(ByteBuf block, TrailerHead into) {
        pathLimit = 0;
        if (!decode(block, into)) {
            return Breach.COMPRESSION;
        }
        into.endFields(into.filled());
        return null;
    }

    /** Reads a block that nobody wants. */
    public @Nullable Breach skip(ByteBuf block) {
        return decode(block, null) ? null : Breach.COMPRESSION;
    }

    /** What is wrong with the head that was read last, or null. */
    public @Nullable Fault fault() {
        return fault;
    }

    private boolean decode(ByteBuf block, @Nullable Head into) {
        fault = null;
        wanted = into != null;
        inPseudo = !(into instanceof TrailerHead);
        listBytes = 0;
        lines = 0;
        pseudo.clear();
        return reader.read(block, into == null ? new TrailerHead() : into);
    }

    private @Nullable Fault pseudoField(Head head, int start, int nameLength, int value, int valueLength) {
        if (!inPseudo) {
            return Fault.PSEUDO_FIELD;
        }
        byte[] bytes = head.bytes();
        Fault wrong = checkValue(bytes, value, value + valueLength);
        if (wrong == null) {
            wrong = pseudo.take(bytes, start, nameLength, value, valueLength);
        }
        return wrong == null && pathLimit > 0 && pseudo.pathLength() > pathLimit ? Fault.START_LINE_TOO_LONG : wrong;
    }

    private @Nullable Fault field(Head head, int start, int nameLength, int value, int valueLength) {
        inPseudo = false;
        byte[] bytes = head.bytes();
        Fault wrong = checkName(bytes, start, start + nameLength);
        if (wrong == null) {
            wrong = checkValue(bytes, value, value + valueLength);
        }
        if (wrong != null) {
            return wrong;
        }
        head.append('\r');
        head.append('\n');
        head.addField(start, nameLength, value, valueLength);
        FieldName known = head.known(head.fields() - 1);
        if (known != FieldName.COOKIE && ++lines > limits.fields()) {
            return Fault.TOO_MANY_FIELDS;
        }
        return known == null ? null : checkKnown(known, bytes, value, value + valueLength);
    }

    private static @Nullable Fault checkKnown(FieldName known, byte[] bytes, int from, int to) {
        return switch (known) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS ->
                Fault.CONNECTION_FIELD;
            case TE -> Octets.equalsLowerCase(bytes, from, to, "trailers") ? null : Fault.TE;
            default -> null;
        };
    }

    private static @Nullable Fault checkName(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Octets.isToken(bytes[i])) {
                return Fault.FIELD_NAME;
            }
            if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
                return Fault.FIELD_NAME_CASE;
            }
        }
        return null;
    }

    private static @Nullable Fault checkValue(byte[] bytes, int from, int to) {
        if (!Octets.isFieldContent(bytes, from, to)) {
            return Fault.FIELD_VALUE;
        }
        boolean blank = from < to && (Octets.isBlank(bytes[from]) || Octets.isBlank(bytes[to - 1]));
        return blank ? Fault.FIELD_VALUE_BLANK : null;
    }

    /** Takes what is read, line by line. */
    private final class Lines implements LineReader.Lines {
        @Override
        public boolean wants(int bytes) {
            listBytes += bytes + FIELD_OVERHEAD;
            if (listBytes > limits.headBytes()) {
                fault = Fault.HEAD_TOO_LARGE;
            }
            return wanted && fault == null;
        }

        @Override
        public void line(Head head, int start, int nameLength, int valueLength) {
            int value = start + nameLength + SEPARATOR;
            if (nameLength == 0) {
                fault = Fault.FIELD_NAME;
            } else if (head.bytes()[start] == ':') {
                fault = pseudoField(head, start, nameLength, value, valueLength);
            } else {
                fault = field(head, start, nameLength, value, valueLength);
            }
        }
    }
}
