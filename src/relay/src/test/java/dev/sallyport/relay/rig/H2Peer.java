package dev.sallyport.relay.rig;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One end of an HTTP/2 connection as a script uses it: frame by frame, with Netty's compression of fields. */
public final class H2Peer {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;

    public static final int MAX_CONCURRENT_STREAMS = 3;
    public static final int INITIAL_WINDOW_SIZE = 4;
    public static final int MAX_FRAME_SIZE = 5;
    public static final int ENABLE_CONNECT_PROTOCOL = 8;

    public static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final Wire wire;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, 1 << 20);
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();

    private H2Peer(Wire wire) {
        this.wire = wire;
    }

    /** A frame as it came. */
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean endsStream() {
            return (flags & END_STREAM) != 0;
        }

        public String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }

        /** The number at an offset of the payload. */
        public int number(int offset) {
            return ByteBuffer.wrap(payload).getInt(offset);
        }
    }

    /** A message head as it came. */
    public record Head(int stream, Map<String, String> fields, boolean last) {
        public String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    /** Reads a client's preface and its SETTINGS, and sends settings given as number and value in turn. */
    public static H2Peer serve(Wire wire, int... settings) {
        H2Peer peer = new H2Peer(wire);
        String preface = wire.read(PREFACE.length());
        if (!preface.equals(PREFACE)) {
            throw new AssertionError("not a preface: " + preface);
        }
        peer.settings(settings);
        peer.next(SETTINGS);
        peer.send(SETTINGS, ACK, 0);
        return peer;
    }

    public Wire wire() {
        return wire;
    }

    // ---- read

    /** The next frame, whatever it is. */
    public Frame next() {
        ByteBuffer header = ByteBuffer.wrap(bytes(9));
        int lengthAndType = header.getInt();
        int flags = header.get();
        int stream = header.getInt();
        return new Frame(lengthAndType & 0xFF, flags & 0xFF, stream, bytes(lengthAndType >>> 8));
    }

    /** The next frame of a type; others are passed over, PINGs answered. */
    public Frame next(int type) {
        while (true) {
            Frame frame = next();
            if (frame.type == type) {
                return frame;
            }
            if (frame.type == PING && frame.flags == 0) {
                send(PING, ACK, 0, frame.payload);
            }
        }
    }

    /** The next head. */
    public Head nextHead() {
        return head(next(HEADERS));
    }

    /** The head that a HEADERS frame begins. */
    public Head head(Frame first) {
        List<byte[]> parts = new ArrayList<>(List.of(first.payload));
        int flags = first.flags;
        while ((flags & END_HEADERS) == 0) {
            Frame more = next();
            flags = more.flags;
            parts.add(more.payload);
        }
        ByteBuf block = Unpooled.buffer();
        parts.forEach(block::writeBytes);
        try {
            Map<String, String> fields = new TreeMap<>();
            for (Map.Entry<CharSequence, CharSequence> field : decoder.decodeHeaders(first.stream, block)) {
                fields.merge(
                        field.getKey().toString(), field.getValue().toString(), (one, other) -> one + ", " + other);
            }
            return new Head(first.stream, fields, first.endsStream());
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    private byte[] bytes(int length) {
        return wire.read(length).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether another frame comes before the peer ends the connection. */
    public boolean hasNext() {
        return wire.hasNext();
    }

    /** Reads on until the peer ends the connection. */
    public void untilEnd() {
        while (hasNext()) {
            next();
        }
    }

    // ---- write

    public H2Peer send(int type, int flags, int stream, byte... payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload);
        wire.send(frame.array());
        return this;
    }

    public H2Peer settings(int... numbersAndValues) {
        ByteBuffer payload = ByteBuffer.allocate(numbersAndValues.length * 3);
        for (int i = 0; i < numbersAndValues.length; i += 2) {
            payload.putShort((short) numbersAndValues[i]).putInt(numbersAndValues[i + 1]);
        }
        return send(SETTINGS, 0, 0, payload.array());
    }

    /** A head, its fields given as name and value in turn. */
    public H2Peer head(int stream, boolean last, String... namesAndValues) {
        return send(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(namesAndValues));
    }

    /** A header block, as it is on the wire. */
    public byte[] block(String... namesAndValues) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, headers, block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    public H2Peer data(int stream, String text, boolean last) {
        return send(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public H2Peer reset(int stream, int code) {
        return send(RST_STREAM, 0, stream, number(code));
    }

    public H2Peer goAway(int lastStream, int code) {
        return send(
                GOAWAY,
                0,
                0,
                ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array());
    }

    public H2Peer windowUpdate(int stream, int increment) {
        return send(WINDOW_UPDATE, 0, stream, number(increment));
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }
}
