package dev.sallyport.relay.http.server;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.FrameReader;
import dev.sallyport.relay.http.h2.FrameSink;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.http.h2.HeadDecoder;
import dev.sallyport.relay.http.h2.Outbox;
import dev.sallyport.relay.http.h2.Outflow;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.tls.Ends;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.internal.OutOfDirectMemoryError;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection of a client (RFC 9113): its streams are served side by side, each by an exchange.
 *
 * <p>What a client can make the relay hold for one connection is bounded: {@link #STREAMS} heads of at most {@code
 * headerBytes} each, {@link #CONNECTION_WINDOW} bytes of bodies that nobody took, one header block under way, and for each
 * stream the run of a response that its window had no room for. What costs work and moves nothing is paid out of a
 * {@link Budget}; when that is spent the connection ends with {@code ENHANCE_YOUR_CALM}.
 */
public final class Http2Connection extends ChannelInboundHandlerAdapter implements Guest, FrameSink {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Http2Connection.class);

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The streams that a client may have open. */
    static final int STREAMS = 100;

    /** What a client may send on a stream before anything of it is taken, in bytes. */
    static final int STREAM_WINDOW = 128 << 10;

    /** The same for all streams together. */
    static final int CONNECTION_WINDOW = 1 << 20;

    private static final int START_LINE_BYTES = 8 << 10;
    private static final int FIELDS = 100;

    private static final int SETTINGS_BYTES = 64;

    /** Streams that are kept for reuse. */
    private static final int SPARE = 16;

    /** Streams given up by the client, or by its fault. Each one that is served whole earns one back. */
    private static final int RESETS = 200;

    private static final int RESETS_PER_SECOND = 20;

    /** Frames that move nothing. */
    private static final int IDLE_FRAMES = 1000;

    private static final int IDLE_FRAMES_PER_SECOND = 100;
    private static final int SETTINGS_COST = 10;
    private static final int REQUEST_WORTH = 20;
    private static final int DATA_WORTH = 4;

    /** After the first GOAWAY, so that streams under way by then are served (RFC 9113, section 6.8). */
    private static final long LAST_CALL_NANOS = 1_000_000_000L;

    /** How long a client may go on sending after the last GOAWAY. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private static final long LAST_CALL = 0x6C617374L;
    private static final long NEVER = Long.MAX_VALUE;

    private final Door door;
    private final SocketChannel channel;
    private final Arrival arrival;
    private final Inbound inbound;
    private final FrameReader reader;
    private final HeadDecoder heads;
    private final Outbox out;
    private final Outflow outflow;
    private final Deadline deadline;
    private final IntObjectMap<Http2Stream> streams = new IntObjectHashMap<>();
    private final ArrayDeque<Http2Stream> spare = new ArrayDeque<>();
    private final ClosedStreams closed = new ClosedStreams();
    private final List<Http2Stream> touched = new ArrayList<>();
    private final Budget resets;
    private final Budget idleFrames;
    private final Runnable flushing = this::flushNow;

    private int prefaceRead;
    private boolean reading;
    private boolean inputEnded;
    private boolean pumping;
    private boolean flushQueued;
    private boolean closing;
    private boolean goingAway;
    private boolean saidLast;
    private int lastStream;

    private int receiveWindow = CONNECTION_WINDOW;
    private int owed;

    private long headAt = NEVER;
    private long idleAt = NEVER;
    private long lastCallAt = NEVER;
    private long stuckAt = NEVER;

    private Http2Connection(Door door, SocketChannel channel, Arrival arrival) {
        this.door = door;
        this.channel = channel;
        this.arrival = arrival;
        int headBytes = door.serving().listener().limits().headerBytes();
        long now = System.nanoTime();
        this.inbound = new Inbound(channel.alloc());
        this.reader = new FrameReader(channel.alloc(), 2 * headBytes, this);
        this.heads = new HeadDecoder(
                new HeadLimits(Math.min(START_LINE_BYTES, headBytes), headBytes, FIELDS), new SplittableRandom());
        this.out = new Outbox(channel);
        this.outflow = new Outflow(channel, out, this::sent);
        this.deadline = door.worker().loop().deadline(this::passed);
        this.resets = new Budget(RESETS, RESETS_PER_SECOND, now);
        this.idleFrames = new Budget(IDLE_FRAMES, IDLE_FRAMES_PER_SECOND, now);
    }

    /**
     * Takes over a channel from whoever received it, on its loop, while it reads: what was read already is to be fired
     * down the pipeline, from the preface on.
     */
    public static Http2Connection takeOver(Door door, Guest before, SocketChannel channel, Arrival arrival) {
        Http2Connection connection = new Http2Connection(door, channel, arrival);
        channel.pipeline().addLast(connection);
        door.handedOver(before, connection);
        connection.reading = true;
        connection.greet();
        return connection;
    }

    private void greet() {
        ByteBuf settings = out.room(SETTINGS_BYTES);
        Frames.settings(settings, 4);
        Frames.setting(settings, Frames.MAX_CONCURRENT_STREAMS, STREAMS);
        Frames.setting(settings, Frames.INITIAL_WINDOW_SIZE, STREAM_WINDOW);
        Frames.setting(settings, Frames.MAX_HEADER_LIST_SIZE, limits().headerBytes());
        Frames.setting(settings, Frames.ENABLE_CONNECT_PROTOCOL, 1);
        out.windowUpdate(0, CONNECTION_WINDOW - Frames.DEFAULT_WINDOW);
        flushNow();
        headAt = after(limits().headerTimeout());
        idleAt = after(limits().idleTimeout());
        watch();
    }

    // ---- for the streams

    Door door() {
        return door;
    }

    Arrival arrival() {
        return arrival;
    }

    SocketChannel channel() {
        return channel;
    }

    Outbox outbox() {
        return out;
    }

    Outflow outflow() {
        return outflow;
    }

    private void sent(int length) {
        idleFrames.earn(worth(length));
    }

    /** Gives the client credit for what was taken of any stream. */
    void credit(int length) {
        owed += length;
        if (owed >= CONNECTION_WINDOW / 2 && !closing) {
            out.windowUpdate(0, owed);
            receiveWindow += owed;
            owed = 0;
            flushSoon();
        }
    }

    /** A response begins: perhaps it is one of the last. */
    void responds() {
        if (door.leaving()) {
            goAway();
        }
    }

    /** Data pays for the credit that is given for it, which many peers give in small portions. */
    private static int worth(int length) {
        return DATA_WORTH * (1 + length / 1024);
    }

    /** A stream was served to its end. */
    void served() {
        resets.earn(1);
    }

    /** A stream ends by its client's fault. */
    void provoked() {
        if (!resets.spend(1)) {
            resets.refill(System.nanoTime());
        }
    }

    /** A stream's response ended, but its client's window has no room for it. */
    void awaitWindows() {
        if (stuckAt == NEVER) {
            stuckAt = after(limits().idleTimeout());
            watch();
        }
    }

    /** The exchange of a stream was given something to send on. */
    void touched(Http2Stream stream) {
        touched.add(stream);
    }

    /** Sends on what exchanges were given, unless more comes at once. */
    void flushTouched() {
        if (!pumping) {
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).flushRequest();
            }
            touched.clear();
        }
    }

    /** Sends what was written once this turn of the loop is over, with what other streams write in it. */
    void flushSoon() {
        if (!flushQueued && !pumping) {
            flushQueued = true;
            channel.eventLoop().execute(flushing);
        }
    }

    private void flushNow() {
        flushQueued = false;
        out.flush();
    }

    /** A stream has closed. */
    void closed(Http2Stream stream, boolean byUs) {
        streams.remove(stream.id());
        closed.add(stream.id(), byUs);
        if (spare.size() < SPARE) {
            spare.push(stream);
        } else {
            stream.discard();
        }
        if (streams.isEmpty()) {
            idleAt = after(limits().idleTimeout());
            if (saidLast && !closing) {
                finish();
            }
        }
    }

    // ---- frames

    private void pump() {
        if (prefaceRead < PREFACE.length && !readPreface()) {
            return;
        }
        Breach breach = reader.read(inbound.bytes());
        if (breach != null) {
            fail(breach);
        }
    }

    private boolean readPreface() {
        ByteBuf in = inbound.bytes();
        while (prefaceRead < PREFACE.length && in.isReadable()) {
            if (in.readByte() != PREFACE[prefaceRead++]) {
                fail(Breach.PREFACE);
                return false;
            }
        }
        return prefaceRead == PREFACE.length;
    }

    @Override
    public @Nullable Breach data(int stream, ByteBuf in, int length, int flow, boolean end) {
        receiveWindow -= flow;
        if (receiveWindow < 0) {
            return Breach.WINDOW_EXCEEDED;
        }
        if (length > 0) {
            idleFrames.earn(worth(length));
        } else if (!end && !spend(1)) {
            return Breach.EMPTY_DATA_FLOOD;
        }
        Http2Stream known = streams.get(stream);
        if (known != null) {
            known.data(in, length, flow, end);
            return calm();
        }
        in.skipBytes(length);
        credit(flow);
        if (isIdle(stream)) {
            return Breach.STREAM_IDLE;
        }
        return late(stream);
    }

    /** More came on a stream that is closed. */
    private @Nullable Breach late(int stream) {
        if (closed.endedByClient(stream)) {
            return Breach.STREAM_CLOSED;
        }
        if (!closed.resetByUs(stream) && stream <= lastStream) {
            closed.add(stream, true);
            out.reset(stream, ErrorCode.STREAM_CLOSED);
            provoked();
        }
        return calm();
    }

    private boolean isIdle(int stream) {
        return (stream & 1) == 0 || stream > lastStream && !saidLast;
    }

    @Override
    public @Nullable Breach headers(int stream, ByteBuf block, boolean end, boolean selfDependent) {
        Http2Stream known = streams.get(stream);
        if (known != null) {
            Breach broken = heads.trailers(block, known.trailers());
            if (broken == null) {
                known.trailers(heads.fault(), end);
                broken = calm();
            }
            return broken;
        }
        if ((stream & 1) == 0 || stream <= lastStream || saidLast || streams.size() >= STREAMS) {
            Breach broken = heads.skip(block);
            return broken == null ? refuse(stream) : broken;
        }
        lastStream = stream;
        return open(stream, block, end, selfDependent);
    }

    private @Nullable Breach refuse(int stream) {
        if ((stream & 1) == 0) {
            return Breach.STREAM_ID;
        }
        if (stream <= lastStream) {
            return closed.endedByClient(stream)
                    ? Breach.STREAM_CLOSED
                    : closed.resetByUs(stream) ? null : Breach.STREAM_ID;
        }
        if (saidLast) {
            return null;
        }
        lastStream = stream;
        closed.add(stream, true);
        out.reset(stream, ErrorCode.REFUSED_STREAM);
        provoked();
        return calm();
    }

    private @Nullable Breach open(int id, ByteBuf block, boolean end, boolean selfDependent) {
        Http2Stream stream = spare.isEmpty() ? new Http2Stream(this) : spare.pop();
        stream.request().reset();
        Breach broken = heads.request(block, stream.request(), end);
        if (broken != null) {
            spare.push(stream);
            return broken;
        }
        idleFrames.earn(REQUEST_WORTH);
        idleAt = NEVER;
        streams.put(id, stream);
        stream.open(id, end);
        Fault fault = heads.fault();
        if (selfDependent) {
            stream.fail(ErrorCode.PROTOCOL_ERROR);
        } else if (fault != null) {
            stream.beginFaulty(fault);
        } else {
            stream.begin();
        }
        return calm();
    }

    @Override
    public @Nullable Breach priority(int stream) {
        return spend(1) ? null : Breach.PRIORITY_FLOOD;
    }

    @Override
    public @Nullable Breach reset(int stream, ErrorCode code) {
        Http2Stream known = streams.get(stream);
        if (known != null) {
            provoked();
            known.gone(End.CLIENT_CLOSED);
            return calm();
        }
        if (isIdle(stream)) {
            return Breach.STREAM_IDLE;
        }
        return spend(1) ? null : Breach.RESET_FLOOD;
    }

    @Override
    public @Nullable Breach setting(int id, long value) {
        return id == Frames.INITIAL_WINDOW_SIZE ? outflow.initialWindow((int) value, streams.values()) : null;
    }

    @Override
    public @Nullable Breach settingsEnd() {
        if (!spend(SETTINGS_COST)) {
            return channel.isWritable() ? Breach.SETTINGS_FLOOD : Breach.CONTROL_FLOOD;
        }
        out.settingsAck();
        outflow.resume();
        return null;
    }

    @Override
    public @Nullable Breach settingsAck() {
        return spend(1) ? null : Breach.SETTINGS_FLOOD;
    }

    @Override
    public @Nullable Breach ping(boolean ack, long data) {
        if (ack) {
            if (data == LAST_CALL && lastCallAt != NEVER) {
                sayLast();
            }
            return spend(1) ? null : Breach.PING_FLOOD;
        }
        if (!spend(1)) {
            return channel.isWritable() ? Breach.PING_FLOOD : Breach.CONTROL_FLOOD;
        }
        out.ping(true, data);
        return null;
    }

    /** The client opens no more streams, which it need not say. */
    @Override
    public @Nullable Breach goAway(int last, ErrorCode code) {
        return spend(1) ? null : Breach.UNKNOWN_FRAME_FLOOD;
    }

    @Override
    public @Nullable Breach windowUpdate(int stream, int increment) {
        if (!spend(1)) {
            return Breach.WINDOW_UPDATE_FLOOD;
        }
        if (stream == 0) {
            return outflow.credit(increment);
        }
        Http2Stream known = streams.get(stream);
        if (known == null) {
            return isIdle(stream) ? Breach.STREAM_IDLE : null;
        }
        ErrorCode wrong = outflow.credit(known, increment);
        if (wrong != null) {
            known.fail(wrong);
        }
        return calm();
    }

    @Override
    public @Nullable Breach unknown(int type) {
        return spend(1) ? null : Breach.UNKNOWN_FRAME_FLOOD;
    }

    /** Pays for a frame that moves nothing. Time refills the budget only of a client that reads what it is answered. */
    private boolean spend(int cost) {
        if (idleFrames.spend(cost)) {
            return true;
        }
        if (channel.isWritable()) {
            idleFrames.refill(System.nanoTime());
        }
        return idleFrames.spend(0);
    }

    private @Nullable Breach calm() {
        return resets.spend(0) ? null : Breach.RESET_FLOOD;
    }

    // ---- the end

    /** Says that no further stream will be served, after those that may be under way. */
    private void goAway() {
        if (!goingAway && !closing) {
            goingAway = true;
            out.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
            out.ping(false, LAST_CALL);
            lastCallAt = System.nanoTime() + LAST_CALL_NANOS;
            watch();
            flushSoon();
        }
    }

    private void sayLast() {
        lastCallAt = NEVER;
        saidLast = true;
        out.goAway(lastStream, ErrorCode.NO_ERROR);
        flushSoon();
        if (streams.isEmpty()) {
            finish();
        }
    }

    @Override
    public void drain() {
        goAway();
    }

    @Override
    public void end(End why) {
        ErrorCode code = why == End.INTERNAL_ERROR ? ErrorCode.INTERNAL_ERROR : ErrorCode.NO_ERROR;
        leave(why, code);
        channel.close();
    }

    private void fail(Breach breach) {
        door.fault(faultOf(breach));
        leave(End.CLIENT_ERROR, breach.code());
        finish();
    }

    private static ClientFault faultOf(Breach breach) {
        return switch (breach) {
            case RESET_FLOOD -> ClientFault.H2_RESET_FLOOD;
            case CONTINUATION_FLOOD -> ClientFault.H2_CONTINUATION_FLOOD;
            case SETTINGS_FLOOD -> ClientFault.H2_SETTINGS_FLOOD;
            case PING_FLOOD -> ClientFault.H2_PING_FLOOD;
            case CONTROL_FLOOD -> ClientFault.H2_CONTROL_FLOOD;
            case EMPTY_DATA_FLOOD, PRIORITY_FLOOD, WINDOW_UPDATE_FLOOD, UNKNOWN_FRAME_FLOOD ->
                ClientFault.H2_EMPTY_FRAMES;
            case HEADER_BLOCK_TOO_LARGE -> ClientFault.H2_HEADER_BOMB;
            case HEADER_TIMEOUT -> ClientFault.HEAD_TIMEOUT;
            default -> ClientFault.H2_PROTOCOL;
        };
    }

    private void leave(End why, ErrorCode code) {
        if (!closing) {
            closing = true;
            reader.stop();
            inbound.clear();
            for (Http2Stream stream : streams.values().toArray(Http2Stream[]::new)) {
                stream.gone(why);
            }
            out.goAway(lastStream, code);
            saidLast = true;
            flushNow();
        }
    }

    /** Ends our side after all that was written, and the rest when the client has ended its own or after a while. */
    private void finish() {
        closing = true;
        reader.stop();
        if (!saidLast) {
            saidLast = true;
            out.goAway(lastStream, ErrorCode.NO_ERROR);
        }
        flushNow();
        headAt = NEVER;
        lastCallAt = NEVER;
        stuckAt = NEVER;
        idleAt = after(limits().idleTimeout());
        watch();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (inputEnded || !written.isSuccess()) {
                channel.close();
            } else {
                Ends.endOutput(channel);
                idleAt = System.nanoTime() + LINGER_NANOS;
                watch();
            }
        });
    }

    // ---- deadlines

    private static long after(Duration limit) {
        return limit.isZero() ? NEVER : System.nanoTime() + limit.toNanos();
    }

    private ClientLimits limits() {
        return door.serving().listener().limits();
    }

    private void watch() {
        long next = Math.min(Math.min(headAt, idleAt), Math.min(lastCallAt, stuckAt));
        if (next == NEVER) {
            deadline.clear();
        } else {
            deadline.set(next);
        }
    }

    private void passed(long now) {
        if (closing) {
            channel.close();
        } else if (now >= headAt) {
            fail(Breach.HEADER_TIMEOUT);
        } else if (now >= idleAt) {
            finish();
        } else {
            if (now >= lastCallAt) {
                sayLast();
            }
            if (now >= stuckAt) {
                cutStuck(now);
            }
            watch();
        }
    }

    private void cutStuck(long now) {
        Duration patience = limits().idleTimeout();
        stuckAt = NEVER;
        for (Http2Stream stream : streams.values().toArray(Http2Stream[]::new)) {
            if (stream.endStuckSince(now - patience.toNanos())) {
                door.fault(ClientFault.READER_TOO_SLOW);
                stream.cancel(ErrorCode.CANCEL, End.CLIENT_TIMEOUT);
            } else if (stream.endStuckSince(now)) {
                stuckAt = after(patience);
            }
        }
    }

    /** Whether the client has begun what it must end soon: a preface, a header block, a frame other than DATA. */
    private boolean inHead() {
        return prefaceRead < PREFACE.length || reader.inBlock() || !inbound.isEmpty() && !reader.inData();
    }

    // ---- what the channel says

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        if (closing) {
            read.release();
            return;
        }
        inbound.add(read);
        pumping = true;
        try {
            pump();
        } finally {
            pumping = false;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        inbound.trim();
        flushTouched();
        flushNow();
        if (!closing) {
            if (!inHead()) {
                headAt = NEVER;
            } else if (headAt == NEVER) {
                headAt = after(limits().headerTimeout());
            }
            watch();
        }
        readOn();
    }

    private void readOn() {
        if (!reading && !inputEnded) {
            reading = true;
            channel.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (Ends.Input.of(channel, event) != Ends.Input.GOES_ON) {
            inputEnded = true;
            if (closing) {
                channel.close();
            } else {
                leave(End.CLIENT_CLOSED, ErrorCode.NO_ERROR);
                finish();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !closing) {
            outflow.resume();
            flushSoon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Ends.isOutside(cause)) {
            channel.close();
        } else if (cause instanceof OutOfDirectMemoryError) {
            door.fault(ClientFault.OVERLOAD);
            channel.close();
        } else {
            LOG.error("a connection of a client failed inside", cause);
            end(End.INTERNAL_ERROR);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        reader.stop();
        inbound.clear();
        for (Http2Stream stream : streams.values().toArray(Http2Stream[]::new)) {
            stream.gone(End.CLIENT_CLOSED);
        }
        spare.forEach(Http2Stream::discard);
        out.clear();
        deadline.remove();
        door.closed(this);
    }
}
