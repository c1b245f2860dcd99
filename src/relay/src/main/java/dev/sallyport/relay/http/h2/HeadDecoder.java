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
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
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

    private final HeadLimits limits;
    private final RandomGenerator random;
    private final Fields fields = new Fields();
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false, false, 0xFFFFFFFFL) {
        @Override
        protected Http2Headers newHeaders() {
            return fields;
        }
    };
    private final PseudoFields pseudo = new PseudoFields();
    private @Nullable Head head;
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
        head = into;
        fault = null;
        inPseudo = !(into instanceof TrailerHead);
        listBytes = 0;
        lines = 0;
        pseudo.clear();
        try {
            hpack.decodeHeaders(1, block);
            return true;
        } catch (Http2Exception e) {
            return false;
        } finally {
            head = null;
        }
    }

    private void take(AsciiString name, AsciiString value) {
        Head into = head;
        listBytes += name.length() + value.length() + FIELD_OVERHEAD;
        if (into == null || fault == Fault.HEAD_TOO_LARGE) {
            return;
        }
        if (listBytes > limits.headBytes()) {
            fault = Fault.HEAD_TOO_LARGE;
        } else if (fault == null) {
            fault = name.isEmpty()
                    ? Fault.FIELD_NAME
                    : isPseudo(name) ? takePseudo(into, name, value) : takeField(into, name, value);
        }
    }

    private static boolean isPseudo(AsciiString name) {
        return name.byteAt(0) == ':';
    }

    private @Nullable Fault takePseudo(Head into, AsciiString name, AsciiString value) {
        if (!inPseudo) {
            return Fault.PSEUDO_FIELD;
        }
        int start = into.filled();
        into.append(value.array(), value.arrayOffset(), value.length());
        Fault wrong = checkValue(into.bytes(), start, into.filled());
        if (wrong == null) {
            wrong = pseudo.take(name, start, value.length());
        }
        return wrong == null && pathLimit > 0 && pseudo.pathLength() > pathLimit ? Fault.START_LINE_TOO_LONG : wrong;
    }

    private @Nullable Fault takeField(Head into, AsciiString name, AsciiString value) {
        inPseudo = false;
        int start = into.filled();
        into.append(name.array(), name.arrayOffset(), name.length());
        Fault wrong = checkName(into.bytes(), start, into.filled());
        into.append(':');
        into.append(' ');
        int valueStart = into.filled();
        into.append(value.array(), value.arrayOffset(), value.length());
        if (wrong == null) {
            wrong = checkValue(into.bytes(), valueStart, into.filled());
        }
        into.append('\r');
        into.append('\n');
        if (wrong != null) {
            return wrong;
        }
        into.addField(start, name.length(), valueStart, value.length());
        FieldName known = into.known(into.fields() - 1);
        if (known != FieldName.COOKIE && ++lines > limits.fields()) {
            return Fault.TOO_MANY_FIELDS;
        }
        return known == null ? null : checkKnown(known, value);
    }

    private static @Nullable Fault checkKnown(FieldName known, AsciiString value) {
        return switch (known) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS ->
                Fault.CONNECTION_FIELD;
            case TE -> value.contentEqualsIgnoreCase("trailers") ? null : Fault.TE;
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

    /** Where Netty's decoder puts what it decodes. */
    private final class Fields extends DefaultHttp2Headers {
        Fields() {
            super(false, false, 2);
        }

        @Override
        public Http2Headers add(CharSequence name, CharSequence value) {
            take(AsciiString.of(name), AsciiString.of(value));
            return this;
        }
    }
}
