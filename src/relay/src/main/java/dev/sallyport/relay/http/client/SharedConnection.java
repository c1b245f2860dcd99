package dev.sallyport.relay.http.client;

import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h1.Outbound;
import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.FrameReader;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.http.h2.HeadDecoder;
import dev.sallyport.relay.http.h2.Inflow;
import dev.sallyport.relay.http.h2.Outbox;
import dev.sallyport.relay.http.h2.Outflow;
import dev.sallyport.relay.http.h2.RequestEncoder;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.NetUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection to an origin (RFC 9113), over which many requests go at a time, each as an {@link OriginStream}. It
 * serves once the origin's SETTINGS are there, which tell how many it takes, until either side says that no more come;
 * what runs then goes on to its end.
 */
public final class SharedConnection extends ChannelInboundHandlerAdapter {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(SharedConnection.class);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    static final HeadLimits LIMITS = new HeadLimits(8 << 10, 64 << 10, 200);

    /** More requests at a time than this gain nothing from sharing a connection, whatever the origin offers. */
    static final int MOST_STREAMS = 128;

    /** What an origin may send ahead of a client that takes nothing. The connection's window has room for all streams. */
    static final int STREAM_WINDOW = 128 << 10;

    private static final int LAST_STREAM = Integer.MAX_VALUE - 2;
    private static final int SETTINGS = 3;
    private static final int MOST_SPARE = 16;

    private final Channel channel;
    private final InetSocketAddress address;
    private final String addressText;
    private final Home home;
    private final Loop loop;
    private final Deadline idleLimit;
    private final Inbound inbound;
    private final FrameReader reader;
    private final HeadDecoder heads;
    private final RequestEncoder requestHeads;
    private final OriginFrames frames = new OriginFrames(this);
    private final Outbox out;
    private final Outflow outflow;
    private final Inflow inflow = new Inflow(MOST_STREAMS * STREAM_WINDOW);
    private final Liveness liveness;
    private final IntObjectHashMap<OriginStream> streams = new IntObjectHashMap<>();
    private final ArrayDeque<OriginStream> spare = new ArrayDeque<>();
    private final List<OriginStream> heard = new ArrayList<>();
    private final Runnable afterEnd = this::hasEnded;
    private @Nullable Failure failure;
    private int nextStream = 1;
    private long mostStreams = MOST_STREAMS;
    private boolean takesWebSockets;
    private boolean ready;
    private boolean leaving;
    private boolean closed;
    private boolean reading;
    private long requests;

    private SharedConnection(Loop loop, Channel channel, InetSocketAddress address, boolean secure, Home home) {
        this.loop = loop;
        this.channel = channel;
        this.address = address;
        this.addressText = NetUtil.toSocketAddressString(address);
        this.home = home;
        this.idleLimit = loop.deadline(now -> leave());
        this.liveness = new Liveness(loop.deadline(this::silent));
        this.inbound = new Inbound(channel.alloc());
        this.reader = new FrameReader(channel.alloc(), LIMITS.headBytes(), frames);
        this.heads = new HeadDecoder(LIMITS, loop.random());
        this.requestHeads = new RequestEncoder(secure, addressText);
        this.out = new Outbox(new Outbound(loop.round(), channel));
        this.outflow = new Outflow(channel, out, bytes -> frames.sent());
    }

    /**
     * Takes over a channel that was just connected and is to speak HTTP/2.
     *
     * @param secure whether it is over TLS
     */
    public static SharedConnection over(
            Loop loop, Channel channel, InetSocketAddress address, boolean secure, Home home) {
        SharedConnection connection = new SharedConnection(loop, channel, address, secure, home);
        channel.pipeline().addLast(connection);
        connection.greet();
        channel.read();
        return connection;
    }

    private void greet() {
        ByteBuf first = out.room();
        first.writeBytes(PREFACE);
        Frames.settings(first, SETTINGS);
        Frames.setting(first, Frames.ENABLE_PUSH, 0);
        Frames.setting(first, Frames.INITIAL_WINDOW_SIZE, STREAM_WINDOW);
        Frames.setting(first, Frames.MAX_HEADER_LIST_SIZE, LIMITS.headBytes());
        out.windowUpdate(0, MOST_STREAMS * STREAM_WINDOW - Frames.DEFAULT_WINDOW);
    }

    /** The address that was dialled. */
    public InetSocketAddress address() {
        return address;
    }

    String addressText() {
        return addressText;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    // ---- requests

    /** Whether another request can go over it now. */
    public boolean hasRoom() {
        return ready && !leaving && streams.size() < mostStreams && nextStream < LAST_STREAM;
    }

    /** Whether the origin takes WebSockets on streams (RFC 8441), as far as it said by now. */
    public boolean takesWebSockets() {
        return takesWebSockets;
    }

    /** The requests that run on it. */
    public int running() {
        return streams.size();
    }

    /** How many requests went over it. */
    public long requests() {
        return requests;
    }

    /** A way for a request, to be begun before anything else is asked. Only when there {@linkplain #hasRoom() is room}. */
    public Origin open() {
        idleLimit.clear();
        OriginStream stream = spare.pollLast();
        return stream == null ? new OriginStream(this) : stream;
    }

    /** Closes it at that time, a time of {@link System#nanoTime()}, if no request comes before. */
    public void keepUntil(long at) {
        idleLimit.set(at);
    }

    /** From now on no other request goes over it; it is closed when those that run have ended. */
    public void leave() {
        leaving = true;
        if (streams.isEmpty() && !closed) {
            end(ErrorCode.NO_ERROR);
        }
    }

    private void end(ErrorCode code) {
        closed = true;
        leaving = true;
        reader.stop();
        if (channel.isActive()) {
            out.goAway(0, code);
            out.send();
        }
        channel.close();
    }

    private void silent(long now) {
        switch (liveness.passed(now)) {
            case WAIT -> {}
            case ASK -> out.ping(false, Liveness.QUESTION);
            case GIVE_UP -> {
                failure = Failure.SILENT;
                end(ErrorCode.NO_ERROR);
            }
        }
    }

    // ---- for streams

    /** Begins a stream by the head of its request. */
    void begin(OriginStream stream, OutgoingRequest request, boolean webSocket, boolean last) {
        int id = nextStream;
        nextStream += 2;
        streams.put(id, stream);
        requests++;
        stream.numbered(id, requests > 1);
        outflow.begin(stream);
        requestHeads.write(outflow.headers(), request, webSocket);
        outflow.endHeaders(stream, last);
        liveness.asked(System.nanoTime());
    }

    /** A client has taken what came on a stream: the origin may send as much again. */
    void taken(OriginStream stream, int bytes) {
        credit(stream.id(), stream.inflow().taken(bytes));
        taken(bytes);
    }

    /** Nobody will take what came, so that it counts no longer. */
    void taken(int bytes) {
        credit(0, inflow.taken(bytes));
    }

    private void credit(int id, int increment) {
        if (increment > 0 && !closed) {
            out.windowUpdate(id, increment);
        }
    }

    /** Gives a stream up, from this side. */
    void reset(OriginStream stream, ErrorCode code) {
        if (streams.get(stream.id()) != stream) {
            return;
        }
        out.reset(stream.id(), code);
        remove(stream);
    }

    /** A stream has ended in both directions, or was reset. */
    void remove(OriginStream stream) {
        if (streams.remove(stream.id()) != stream) {
            return;
        }
        outflow.forget(stream);
        if (streams.isEmpty()) {
            liveness.quiet();
        }
        if (!closed) {
            loop.thread().execute(afterEnd);
        }
    }

    private void hasEnded() {
        if (leaving) {
            leave();
        } else {
            home.room(this);
        }
        flush();
    }

    /** It can serve for another request. */
    void spare(OriginStream stream) {
        if (spare.size() < MOST_SPARE) {
            spare.addLast(stream);
        }
    }

    void flush() {
        out.flush();
    }

    // ---- for frames

    Outbox out() {
        return out;
    }

    /** The streams that run. */
    Collection<OriginStream> streams() {
        return streams.values();
    }

    /** The stream of a number, or null when it has ended. */
    @Nullable
    OriginStream stream(int id) {
        return streams.get(id);
    }

    /** Something came on a stream, in a batch that goes on. */
    void heard(OriginStream stream) {
        heard.add(stream);
    }

    /** Ends the batch, unless it is one that the channel goes on with. */
    void settle() {
        if (!reading) {
            for (int i = 0; i < heard.size(); i++) {
                heard.get(i).paused();
            }
            heard.clear();
            flush();
        }
    }

    /** Whether a number was never that of a stream. */
    boolean neverWas(int id) {
        return (id & 1) == 0 || id >= nextStream;
    }

    HeadDecoder heads() {
        return heads;
    }

    Outflow outflow() {
        return outflow;
    }

    Inflow inflow() {
        return inflow;
    }

    void takesWebSockets(boolean offered) {
        takesWebSockets = offered;
    }

    void mostStreams(long offered) {
        mostStreams = Math.min(offered, MOST_STREAMS);
    }

    /** The origin's SETTINGS are there, or came anew. */
    void settled() {
        if (ready) {
            home.room(this);
        } else {
            ready = true;
            home.ready(this);
        }
    }

    /** The origin goes away. What it did not act on can be asked of another. */
    void goesAway(int lastStream) {
        leaving = true;
        home.leaving(this);
        for (OriginStream stream : List.copyOf(streams.values())) {
            if (stream.id() > lastStream) {
                remove(stream);
                stream.unseen();
            }
        }
        loop.thread().execute(afterEnd);
    }

    // ---- what the channel says

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        if (closed) {
            read.release();
            return;
        }
        reading = true;
        liveness.heard(System.nanoTime());
        inbound.add(read);
        Breach breach = reader.read(inbound.bytes());
        if (breach != null) {
            failure = Failure.breach(breach);
            end(breach.code());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        inbound.trim();
        settle();
        if (!closed) {
            channel.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            outflow.resume();
            flush();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a connection to " + addressText + " failed inside", cause);
            failure = Failure.INSIDE;
        }
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        leaving = true;
        idleLimit.remove();
        liveness.end();
        reader.stop();
        inbound.clear();
        Failure why = failure == null ? Failure.CLOSED : failure;
        home.gone(this, why);
        for (OriginStream stream : List.copyOf(streams.values())) {
            remove(stream);
            stream.lost(why);
        }
    }

    /** Where connections belong. */
    public interface Home {
        /** It can take requests. */
        void ready(SharedConnection connection);

        /** There may be room for another request. */
        void room(SharedConnection connection);

        /** It will take no other request. */
        void leaving(SharedConnection connection);

        /** It was closed. */
        void gone(SharedConnection connection, Failure why);
    }
}
