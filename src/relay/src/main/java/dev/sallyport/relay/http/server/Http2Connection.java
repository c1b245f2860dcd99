package dev.sallyport.relay.http.server;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h1.Outbound;
import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.FrameReader;
import dev.sallyport.relay.http.h2.Frames;
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
import io.netty.util.internal.OutOfDirectMemoryError;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An HTTP/2 connection of a client (RFC 9113): its streams are served side by side, each by an exchange.
 *
 * <p>What a client can make the relay hold for one connection is bounded: {@link ClientFrames#STREAMS} heads of at most {@code
 * headerBytes} each, {@link #CONNECTION_WINDOW} bytes of bodies that nobody took, one header block under way, and for each
 * stream the run of a response that its window had no room for. What costs work and moves nothing is paid out of {@link
 * Floods}; when those are spent the connection ends with {@code ENHANCE_YOUR_CALM}.
 */
public final class Http2Connection extends ChannelInboundHandlerAdapter implements Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Http2Connection.class);

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What a client may send on a stream before anything of it is taken, in bytes. */
    static final int STREAM_WINDOW = 128 << 10;

    /** The same for all streams together. */
    static final int CONNECTION_WINDOW = 1 << 20;

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
    private final Outbox out;
    private final Outflow outflow;
    private final Floods floods;
    private final ClientFrames frames;
    private final Deadline deadline;
    private final List<Http2Stream> touched = new ArrayList<>();

    private int prefaceRead;
    private boolean reading;
    private boolean inputEnded;
    private boolean pumping;
    private boolean closing;
    private boolean goingAway;
    private boolean saidLast;

    private long headAt = NEVER;
    private long idleAt = NEVER;
    private long lastCallAt = NEVER;
    private long stuckAt = NEVER;

    private Http2Connection(Door door, SocketChannel channel, Arrival arrival) {
        this.door = door;
        this.channel = channel;
        this.arrival = arrival;
        this.inbound = new Inbound(channel.alloc());
        this.out = new Outbox(new Outbound(door.worker().loop().round(), channel));
        this.floods = new Floods(channel, System.nanoTime());
        this.outflow = new Outflow(channel, out, floods::moved);
        this.frames = new ClientFrames(this, floods, limits().headerBytes());
        this.reader = new FrameReader(channel.alloc(), 2 * limits().headerBytes(), frames);
        this.deadline = door.worker().loop().deadline(this::passed);
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
        ByteBuf settings = out.room();
        Frames.settings(settings, 4);
        Frames.setting(settings, Frames.MAX_CONCURRENT_STREAMS, ClientFrames.STREAMS);
        Frames.setting(settings, Frames.INITIAL_WINDOW_SIZE, STREAM_WINDOW);
        Frames.setting(settings, Frames.MAX_HEADER_LIST_SIZE, limits().headerBytes());
        Frames.setting(settings, Frames.ENABLE_CONNECT_PROTOCOL, 1);
        out.windowUpdate(0, CONNECTION_WINDOW - Frames.DEFAULT_WINDOW);
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

    Floods floods() {
        return floods;
    }

    ClientFrames frames() {
        return frames;
    }

    boolean saidLast() {
        return saidLast;
    }

    /** Gives the client credit for all streams. */
    void credit(int increment) {
        if (!closing) {
            out.windowUpdate(0, increment);
        }
    }

    /** A response begins: perhaps it is one of the last. */
    void responds() {
        if (door.leaving()) {
            goAway();
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

    /** A stream runs: the connection is not idle. */
    void busy() {
        idleAt = NEVER;
    }

    /** No stream runs any more. */
    void idle() {
        idleAt = after(limits().idleTimeout());
        if (saidLast && !closing) {
            finish();
        }
    }

    /** The client has answered a PING of ours. */
    void answered(long data) {
        if (data == LAST_CALL && lastCallAt != NEVER) {
            sayLast();
        }
    }

    // ---- bytes

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

    // ---- the end

    /** Says that no further stream will be served, after those that may be under way. */
    private void goAway() {
        if (!goingAway && !closing) {
            goingAway = true;
            out.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
            out.ping(false, LAST_CALL);
            lastCallAt = System.nanoTime() + LAST_CALL_NANOS;
            watch();
        }
    }

    private void sayLast() {
        lastCallAt = NEVER;
        saidLast = true;
        out.goAway(frames.lastStream(), ErrorCode.NO_ERROR);
        if (frames.isQuiet()) {
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
        door.fault(Floods.faultOf(breach));
        leave(End.CLIENT_ERROR, breach.code());
        finish();
    }

    private void leave(End why, ErrorCode code) {
        if (!closing) {
            closing = true;
            reader.stop();
            inbound.clear();
            for (Http2Stream stream : frames.streams()) {
                stream.gone(why);
            }
            out.goAway(frames.lastStream(), code);
            saidLast = true;
            out.send();
        }
    }

    /** Ends our side after all that was written, and the rest when the client has ended its own or after a while. */
    private void finish() {
        closing = true;
        reader.stop();
        if (!saidLast) {
            saidLast = true;
            out.goAway(frames.lastStream(), ErrorCode.NO_ERROR);
        }
        out.send();
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
        for (Http2Stream stream : frames.streams()) {
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
        out.flush();
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
        for (Http2Stream stream : frames.streams()) {
            stream.gone(End.CLIENT_CLOSED);
        }
        frames.discard();
        deadline.remove();
        door.closed(this);
    }
}
