package dev.sallyport.relay.http.client;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.Upgrades;
import dev.sallyport.relay.http.h1.BodyReader;
import dev.sallyport.relay.http.h1.BodyWriter;
import dev.sallyport.relay.http.h1.FieldWriter;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h1.Outbound;
import dev.sallyport.relay.http.h1.ResponseParser;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.tls.Ends;
import dev.sallyport.relay.tunnel.ChannelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.NetUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to an origin, for one request at a time. Between requests it lies idle at its {@link Home}, and
 * whatever arrives then, even a byte, ends it: an answer that nobody asked for must not meet the next request.
 */
public final class OriginConnection extends ChannelInboundHandlerAdapter implements Origin {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(OriginConnection.class);
    private static final HeadLimits LIMITS = new HeadLimits(8 << 10, 64 << 10, 200);

    /** More interim responses than any request needs. */
    private static final int MOST_INTERIM = 64;

    private enum State {
        IDLE,
        HEAD,
        BODY,
        /** The response is whole; the connection was not released yet. */
        DONE,
        CLOSED
    }

    private final Channel channel;
    private final Home home;
    private final InetSocketAddress address;
    private final String addressText;
    private final ResponseParser parser = new ResponseParser(new ResponseHead(), LIMITS);
    private final BodyReader body = new BodyReader();
    private final Inbound inbound;
    private final Deadline idleLimit;
    private final Outbound out;
    private final BodyWriter writer;
    private final FieldWriter fields = new FieldWriter();
    private @Nullable ResponseSink sink;
    private State state = State.IDLE;
    private boolean reading;
    private boolean inputEnded;
    private boolean broken;
    private boolean upgrading;
    private @Nullable RequestHead asked;
    private int interims;
    private final long since = System.nanoTime();
    private long requests;

    private OriginConnection(Loop loop, Channel channel, InetSocketAddress address, Home home) {
        this.channel = channel;
        this.address = address;
        this.addressText = NetUtil.toSocketAddressString(address);
        this.home = home;
        this.inbound = new Inbound(channel.alloc());
        this.out = new Outbound(loop.round(), channel);
        this.writer = new BodyWriter(out);
        this.idleLimit = loop.deadline(now -> close());
    }

    /** Takes over a channel that was just connected. */
    public static OriginConnection over(Loop loop, Channel channel, InetSocketAddress address, Home home) {
        OriginConnection connection = new OriginConnection(loop, channel, address, home);
        channel.pipeline().addLast(connection);
        return connection;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public String addressText() {
        return addressText;
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public boolean reused() {
        return requests > 1;
    }

    /** How many requests went over it, the present one among them. */
    public long requests() {
        return requests;
    }

    /** When it was made, a time of {@link System#nanoTime()}. */
    public long since() {
        return since;
    }

    // ---- the request

    /** {@inheritDoc} Once for each time that it was taken from its home. */
    @Override
    public void request(OutgoingRequest request, ResponseSink sink) {
        asked = request.head();
        upgrading = request.upgrading();
        idleLimit.clear();
        this.sink = sink;
        state = State.HEAD;
        requests++;
        interims = 0;
        parser.answers(request.head().knownMethod());
        parser.reset();
        writer.begin(request.head().framing());
        fields.write(out.room(), request, address);
        readOn();
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void write(ByteBuf data) {
        writer.write(data);
    }

    @Override
    public void endRequest(@Nullable TrailerHead trailers) {
        writer.end(trailers);
    }

    @Override
    public void flush() {
        out.flush();
    }

    // ---- the response

    @Override
    public void resume() {
        pump();
        readOn();
    }

    /**
     * {@inheritDoc} The connection goes home when it can serve another request, else it is closed; one on which another
     * protocol was asked for never serves HTTP again.
     */
    @Override
    public void release(boolean requestComplete) {
        boolean whole = state == State.DONE && requestComplete && !upgrading;
        sink = null;
        if (whole && parser.head().persistent() && inbound.isEmpty() && !inputEnded && channel.isActive()) {
            state = State.IDLE;
            home.idle(this);
            readOn();
        } else {
            close();
        }
    }

    /** Keeps the idle connection until {@code at}, a time of {@link System#nanoTime()}. */
    public void keepUntil(long at) {
        idleLimit.set(at);
    }

    @Override
    public void close() {
        state = State.CLOSED;
        sink = null;
        inbound.clear();
        idleLimit.remove();
        channel.close();
    }

    private void pump() {
        boolean more = true;
        while (more) {
            more = switch (state) {
                case HEAD -> pumpHead();
                case BODY -> pumpBody();
                case IDLE, DONE, CLOSED -> false;
            };
        }
        if (inputEnded && (state == State.HEAD || state == State.BODY)) {
            pumpEnd();
        }
    }

    private boolean pumpHead() {
        return switch (parser.parse(inbound.bytes())) {
            case NEED_MORE -> false;
            case FAILED -> fail(parser.fault());
            case COMPLETE -> {
                ResponseHead head = parser.head();
                if (head.interim()) {
                    yield interim(head);
                }
                if (head.status() == 101) {
                    yield upgrade(head);
                }
                state = State.BODY;
                body.begin(head);
                sink().onHead(head);
                yield true;
            }
        };
    }

    private boolean upgrade(ResponseHead head) {
        if (!upgrading || !Upgrades.agreed(head, Objects.requireNonNull(asked))) {
            return fail(Failure.UPGRADE);
        }
        ResponseSink told = sink();
        state = State.CLOSED;
        sink = null;
        idleLimit.remove();
        channel.pipeline().remove(this);
        home.handedOver(this);
        told.onUpgrade(head, new ChannelEnd(channel, inbound.take()));
        return false;
    }

    private boolean interim(ResponseHead head) {
        if (++interims > MOST_INTERIM) {
            return fail(Failure.INTERIMS);
        }
        sink().onInterim(head);
        if (state == State.HEAD) {
            parser.reset();
        }
        return true;
    }

    private boolean pumpBody() {
        if (!sink().takesData()) {
            return false;
        }
        return switch (body.next(inbound.bytes())) {
            case DATA -> {
                sink().onData(body.slice());
                yield true;
            }
            case END -> {
                state = State.DONE;
                sink().onEnd(body.trailers());
                yield false;
            }
            case NEED_MORE -> false;
            case FAILED -> fail(body.fault());
        };
    }

    /** The origin has ended its side; what it sent before may still wait for the sink. */
    private void pumpEnd() {
        if (state == State.HEAD) {
            fail(Failure.CLOSED);
        } else if (broken) {
            fail(Failure.BROKEN_OFF);
        } else if (sink().takesData() || inbound.isEmpty()) {
            if (body.close(inbound.bytes()) == BodyReader.Part.END) {
                state = State.DONE;
                sink().onEnd(body.trailers());
            } else {
                fail(Failure.CUT);
            }
        }
    }

    private boolean fail(@Nullable Fault fault) {
        return fail(Failure.malformed(Objects.requireNonNull(fault)));
    }

    private boolean fail(Failure why) {
        ResponseSink told = sink();
        boolean begun = state == State.BODY || interims > 0 || parser.started();
        close();
        told.onFailure(why, begun ? ResponseSink.Extent.ANSWERED : ResponseSink.Extent.UNANSWERED);
        return false;
    }

    // ---- what the channel says

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        switch (state) {
            case HEAD, BODY -> {
                inbound.add(read);
                pump();
            }
            case DONE -> inbound.add(read);
            case IDLE -> {
                read.release();
                close();
            }
            case CLOSED -> read.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        inbound.trim();
        ResponseSink told = sink;
        if (told != null) {
            told.onPause();
        }
        readOn();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (Ends.Input.of(channel, event)) {
            case GOES_ON -> {}
            case ENDED -> ended();
            case CUT -> {
                broken |= !inputEnded;
                ended();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (sink != null && channel.isWritable()) {
            sink.onWritable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        broken = true;
        if (!Ends.isOutside(cause)) {
            LOG.error("a connection to " + addressText + " failed inside", cause);
        }
        switch (state) {
            case HEAD, BODY -> {
                if (!Ends.isOutside(cause)) {
                    fail(Failure.INSIDE);
                }
            }
            case IDLE, DONE, CLOSED -> close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended();
        home.gone(this);
    }

    private void ended() {
        inputEnded = true;
        switch (state) {
            case HEAD, BODY -> {
                ResponseSink told = sink();
                pump();
                told.onPause();
            }
            case IDLE -> close();
            case DONE, CLOSED -> {}
        }
    }

    private void readOn() {
        if (!reading && !inputEnded && state != State.CLOSED && !inbound.isFull()) {
            reading = true;
            channel.read();
        }
    }

    private ResponseSink sink() {
        ResponseSink known = sink;
        if (known == null) {
            throw new IllegalStateException("no request runs on " + addressText + ", which is " + state);
        }
        return known;
    }

    /** Where connections lie between requests. */
    public interface Home {
        /** The connection can serve another request. */
        void idle(OriginConnection connection);

        /** The connection was closed, in use or idle. */
        void gone(OriginConnection connection);

        /** The connection speaks another protocol now and will not come back. */
        void handedOver(OriginConnection connection);
    }
}
