package dev.sallyport.relay.rig;

import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.FrameReader;
import dev.sallyport.relay.http.h2.FrameSink;
import dev.sallyport.relay.http.h2.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/**
 * A client of HTTP/2 as a script uses it: frames in any order, right or wrong. It answers SETTINGS and PING, and gives
 * credit for what it gets unless told not to.
 */
public final class Http2Wire implements AutoCloseable {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private final Socket socket;
    private final ByteBuf in = Unpooled.buffer();
    private final ByteBuf out = Unpooled.buffer();
    private final byte[] chunk = new byte[32 << 10];
    private final DefaultHttp2HeadersDecoder heads = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final FrameReader reader = new FrameReader(UnpooledByteBufAllocator.DEFAULT, 1 << 20, new Sink());
    private final Queue<Event> events = new ArrayDeque<>();
    private final Map<Integer, Long> settings = new HashMap<>();
    private boolean generous = true;
    private boolean ended;

    /** What came. */
    public sealed interface Event {
        int stream();
    }

    /** Fields, those with a colon first among them. */
    public record Head(int stream, Map<String, String> fields, boolean end) implements Event {}

    public record Data(int stream, String text, boolean end) implements Event {}

    public record Reset(int stream, ErrorCode code) implements Event {}

    /** GOAWAY; {@code last} is the last stream that is served. */
    public record GoAway(int stream, int last, ErrorCode code) implements Event {}

    public record Ping(int stream, boolean ack, long data) implements Event {}

    public record Window(int stream, int increment) implements Event {}

    /** The connection ended. */
    public record Closed(int stream) implements Event {}

    /** All of a response that came, and how it ended. */
    public record Response(
            int status,
            Map<String, String> fields,
            List<Integer> interim,
            String body,
            Map<String, String> trailers,
            List<ErrorCode> resets) {
        public String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    /** A connection over a socket, nothing said yet. */
    public Http2Wire(Socket socket) {
        this.socket = socket;
        try {
            socket.setSoTimeout(Wire.PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection to an address, with the preface and empty SETTINGS sent. */
    public static Http2Wire to(InetSocketAddress address) {
        return silent(address).preface().settings();
    }

    /** A connection to an address, nothing said yet. */
    public static Http2Wire silent(InetSocketAddress address) {
        try {
            Socket socket = new Socket();
            socket.connect(address, Wire.PATIENCE_MILLIS);
            return new Http2Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives no credit for data from now on but by {@link #window}. */
    public Http2Wire stingy() {
        generous = false;
        return this;
    }

    public Http2Wire preface() {
        return bytes(PREFACE.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** SETTINGS of ids and values in turn. */
    public Http2Wire settings(int... pairs) {
        Frames.settings(out, pairs.length / 2);
        for (int i = 0; i < pairs.length; i += 2) {
            Frames.setting(out, pairs[i], pairs[i + 1]);
        }
        return flush();
    }

    /** A frame of any kind. */
    public Http2Wire frame(int type, int flags, int stream, byte[] payload) {
        Frames.header(out, payload.length, type, flags, stream);
        out.writeBytes(payload);
        return flush();
    }

    /** HEADERS of {@code name: value} lines between bars. */
    public Http2Wire headers(int stream, String lines, boolean end) {
        return frame(Frames.HEADERS, Frames.END_HEADERS | (end ? Frames.END_STREAM : 0), stream, block(lines));
    }

    /** A GET without a body. */
    public Http2Wire get(int stream, String path) {
        return headers(stream, request("GET", path), true);
    }

    /** The pseudo-fields of a request. */
    public static String request(String method, String path) {
        return ":method: " + method + "|:scheme: http|:authority: shop.example|:path: " + path;
    }

    /** A header block of literals. */
    public static byte[] block(String lines) {
        ByteBuf block = Unpooled.buffer();
        for (String line : lines.split("\\|", -1)) {
            int colon = line.indexOf(": ", 1);
            block.writeByte(0);
            literal(block, line.substring(0, colon));
            literal(block, line.substring(colon + 2));
        }
        return ByteBufUtil.getBytes(block);
    }

    private static void literal(ByteBuf block, String text) {
        int left = text.length() - 127;
        block.writeByte(Math.min(text.length(), 127));
        for (; left >= 128; left >>= 7) {
            block.writeByte(left & 127 | 128);
        }
        if (left >= 0) {
            block.writeByte(left);
        }
        block.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }

    public Http2Wire data(int stream, String text, boolean end) {
        return frame(Frames.DATA, end ? Frames.END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Http2Wire reset(int stream, ErrorCode code) {
        Frames.reset(out, stream, code);
        return flush();
    }

    public Http2Wire window(int stream, int increment) {
        Frames.windowUpdate(out, stream, increment);
        return flush();
    }

    public Http2Wire ping(long data) {
        Frames.ping(out, false, data);
        return flush();
    }

    public Http2Wire bytes(byte[] raw) {
        out.writeBytes(raw);
        return flush();
    }

    private Http2Wire flush() {
        try {
            byte[] all = ByteBufUtil.getBytes(out);
            out.clear();
            socket.getOutputStream().write(all);
            return this;
        } catch (IOException e) {
            if (ended) {
                return this;
            }
            throw new UncheckedIOException(e);
        }
    }

    /** Sends what a relay may refuse half-way by closing. */
    public boolean tries(Runnable sending) {
        try {
            sending.run();
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    // ---- what comes

    /** The value of a setting of the relay, after it came. */
    public long setting(int id) {
        return settings.getOrDefault(id, -1L);
    }

    /** The next event. */
    public Event next() {
        while (events.isEmpty()) {
            if (ended) {
                return new Closed(0);
            }
            read();
        }
        return events.remove();
    }

    /** The next event of a kind; others before it are passed over. */
    public <T extends Event> T next(Class<T> kind) {
        while (true) {
            Event event = next();
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
            if (event instanceof Closed) {
                throw new AssertionError("closed before a " + kind.getSimpleName());
            }
        }
    }

    /** All events up to the answer to a PING: what the relay had to say by now. */
    public List<Event> settle() {
        long mark = System.nanoTime();
        ping(mark);
        List<Event> all = new ArrayList<>();
        while (true) {
            Event event = next();
            if (event instanceof Ping ping && ping.ack() && ping.data() == mark) {
                return all;
            }
            all.add(event);
            if (event instanceof Closed) {
                return all;
            }
        }
    }

    /** The whole response on a stream; events of others stay. */
    public Response response(int stream) {
        int status = 0;
        Map<String, String> fields = Map.of();
        Map<String, String> trailers = Map.of();
        List<Integer> interim = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        List<ErrorCode> resets = new ArrayList<>();
        List<Event> others = new ArrayList<>();
        boolean over = false;
        while (!over) {
            Event event = next();
            if (event instanceof Closed || event instanceof GoAway goAway && goAway.code() != ErrorCode.NO_ERROR) {
                throw new AssertionError(event + " in the response on stream " + stream + " after " + body);
            }
            if (event.stream() != stream || event instanceof Window) {
                others.add(event);
                continue;
            }
            switch (event) {
                case Head head -> {
                    if (status >= 200) {
                        trailers = head.fields();
                    } else {
                        status = Integer.parseInt(head.fields().get(":status"));
                        fields = head.fields();
                    }
                    if (status < 200) {
                        interim.add(status);
                    }
                    over = head.end();
                }
                case Data data -> {
                    body.append(data.text());
                    over = data.end();
                }
                case Reset reset -> {
                    resets.add(reset.code());
                    over = true;
                }
                default -> others.add(event);
            }
        }
        events.addAll(others);
        return new Response(status, fields, interim, body.toString(), trailers, resets);
    }

    private void read() {
        try {
            int length = socket.getInputStream().read(chunk);
            if (length < 0) {
                ended = true;
                return;
            }
            in.discardReadBytes();
            in.writeBytes(chunk, 0, length);
            Breach breach = reader.read(in);
            if (breach != null) {
                throw new AssertionError("the relay broke the protocol: " + breach);
            }
        } catch (SocketException | EOFException e) {
            ended = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends our side. */
    public Http2Wire endOutput() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Sink implements FrameSink {
        @Override
        public Breach data(int stream, ByteBuf data, int length, int flow, boolean end) {
            String text =
                    data.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
            events.add(new Data(stream, text, end));
            if (generous && flow > 0) {
                Frames.windowUpdate(out, 0, flow);
                if (!end) {
                    Frames.windowUpdate(out, stream, flow);
                }
                tries(Http2Wire.this::flush);
            }
            return null;
        }

        @Override
        public Breach headers(int stream, ByteBuf block, boolean end, boolean selfDependent) {
            try {
                Map<String, String> fields = new TreeMap<>();
                heads.decodeHeaders(stream, block)
                        .forEach(each -> fields.merge(
                                each.getKey().toString(),
                                each.getValue().toString(),
                                (one, other) -> one + ", " + other));
                events.add(new Head(stream, fields, end));
                return null;
            } catch (Http2Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Breach priority(int stream) {
            throw new AssertionError("PRIORITY from the relay");
        }

        @Override
        public Breach reset(int stream, ErrorCode code) {
            events.add(new Reset(stream, code));
            return null;
        }

        @Override
        public Breach setting(int id, long value) {
            settings.put(id, value);
            return null;
        }

        @Override
        public Breach settingsEnd() {
            Frames.settingsAck(out);
            tries(Http2Wire.this::flush);
            return null;
        }

        @Override
        public Breach settingsAck() {
            return null;
        }

        @Override
        public Breach ping(boolean ack, long data) {
            events.add(new Ping(0, ack, data));
            if (!ack) {
                Frames.ping(out, true, data);
                tries(Http2Wire.this::flush);
            }
            return null;
        }

        @Override
        public Breach goAway(int last, ErrorCode code) {
            events.add(new GoAway(0, last, code));
            return null;
        }

        @Override
        public Breach windowUpdate(int stream, int increment) {
            events.add(new Window(stream, increment));
            return null;
        }

        @Override
        public Breach unknown(int type) {
            throw new AssertionError("a frame of type " + type + " from the relay");
        }
    }
}
