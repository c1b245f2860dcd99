package dev.sallyport.relay.http.server;

import dev.sallyport.model.config.ClientLimits;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.h1.BodyReader;
import dev.sallyport.relay.http.h1.BodyWriter;
import dev.sallyport.relay.http.h1.HeadWriter;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h1.Outbound;
import dev.sallyport.relay.http.h1.RequestParser;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.respond.Answer;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.tls.Ends;
import dev.sallyport.relay.tunnel.ChannelEnd;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.OutOfDirectMemoryError;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 connection of a client: its requests are read and served one after another. While one is served, those that
 * the client sent ahead wait unread, up to a bound beyond which the connection is not read on.
 */
public final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientSide, Guest {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(ClientConnection.class);

    private static final int START_LINE_BYTES = 8 << 10;
    private static final int FIELDS = 100;

    /** Between looks whether a client that ended its side still waits for its response. */
    private static final long HALF_CLOSED_NANOS = 1_000_000_000L;

    /** How long a client may take to read the last response. */
    private static final long LAST_WORD_NANOS = 60_000_000_000L;

    /** How long a client may go on sending after it was sent the last response (RFC 9112, section 9.6). */
    private static final long LINGER_NANOS = 30_000_000_000L;

    /** How long it may pause in this. */
    private static final long LINGER_PAUSE_NANOS = 2_000_000_000L;

    private static final long NOT_LINGERING = Long.MAX_VALUE;

    private enum State {
        /** Between requests, or in the head of one. */
        HEAD,
        /** A request is served. */
        EXCHANGE,
        /** The last response is on its way; what arrives is thrown away. */
        CLOSING,
        /** The channel belongs to a tunnel. */
        TUNNEL,
        CLOSED
    }

    private final Door door;
    private final SocketChannel channel;
    private final boolean plain;
    private final RequestHead request = new RequestHead();
    private final RequestParser parser;
    private final BodyReader body = new BodyReader();
    private final Inbound inbound;
    private final Deadline deadline;
    private final Exchange exchange;
    private final Outbound out;
    private final BodyWriter writer;

    private State state = State.HEAD;
    private boolean pumping;
    private boolean reading;
    private boolean inputEnded;
    private boolean headTimed;
    private boolean bodyEnded;
    private boolean continued;
    private boolean faulty;
    private boolean keep;
    private long lingerUntil = NOT_LINGERING;
    private Framing responseFraming = Framing.NONE;

    private ClientConnection(Door door, SocketChannel channel, Arrival arrival) {
        this.door = door;
        this.channel = channel;
        this.plain = !arrival.secure();
        ClientLimits limits = door.serving().listener().limits();
        int headBytes = limits.headerBytes();
        this.parser =
                new RequestParser(request, new HeadLimits(Math.min(START_LINE_BYTES, headBytes), headBytes, FIELDS));
        this.inbound = new Inbound(channel.alloc());
        this.deadline = door.worker().loop().deadline(now -> passed());
        this.exchange = new Exchange(door.worker(), this, request, arrival);
        this.out = new Outbound(door.worker().loop().round(), channel);
        this.writer = new BodyWriter(out);
    }

    /**
     * Takes over a channel from whoever received it, on its loop, while it reads: what was read already is to be fired
     * down the pipeline.
     */
    public static ClientConnection takeOver(Door door, Guest before, SocketChannel channel, Arrival arrival) {
        ClientConnection connection = new ClientConnection(door, channel, arrival);
        channel.pipeline().addLast(connection);
        door.handedOver(before, connection);
        connection.awaitRequest();
        connection.reading = true;
        return connection;
    }

    // ---- the request

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            boolean more = true;
            while (more) {
                more = switch (state) {
                    case HEAD -> pumpHead();
                    case EXCHANGE -> pumpBody();
                    case CLOSING, TUNNEL, CLOSED -> false;
                };
            }
            if (inputEnded) {
                pumpEnd();
            }
        } finally {
            pumping = false;
        }
    }

    private boolean pumpHead() {
        if (inbound.isEmpty()) {
            return false;
        }
        return switch (parser.parse(inbound.bytes())) {
            case NEED_MORE -> {
                if (!headTimed) {
                    headTimed = true;
                    deadline.set(after(limits().headerTimeout()));
                }
                yield false;
            }
            case COMPLETE -> {
                beginExchange();
                body.begin(request);
                bodyEnded = request.framing() == Framing.NONE;
                exchange.begin(door.serving());
                yield true;
            }
            case FAILED -> {
                Fault fault = Objects.requireNonNull(parser.fault());
                Answer answer = exchange.malformed(door.serving(), fault);
                if (fault == Fault.NOT_HTTP) {
                    closeSoon();
                } else {
                    refuseHead(answer, End.CLIENT_ERROR);
                }
                yield false;
            }
        };
    }

    private void refuseHead(Answer answer, End why) {
        beginExchange();
        faulty = true;
        exchange.beginFaulty(door.serving(), answer, why);
    }

    private void beginExchange() {
        deadline.clear();
        state = State.EXCHANGE;
        bodyEnded = false;
        continued = false;
    }

    private boolean pumpBody() {
        if (bodyEnded || !exchange.takesBody()) {
            return false;
        }
        return switch (body.next(inbound.bytes())) {
            case DATA -> {
                exchange.body(body.slice());
                yield true;
            }
            case NEED_MORE -> false;
            case END -> {
                bodyEnded = true;
                exchange.endBody(body.trailers());
                yield true;
            }
            case FAILED -> {
                faulty = true;
                exchange.bodyFaulty(Objects.requireNonNull(body.fault()));
                yield false;
            }
        };
    }

    /** The client ended its side. It may still wait for the response to a request that it had sent whole. */
    private void pumpEnd() {
        switch (state) {
            case HEAD -> closeSoon();
            case EXCHANGE -> {
                if (!bodyEnded && exchange.takesBody() && inbound.isEmpty()) {
                    end(End.CLIENT_CLOSED);
                } else {
                    deadline.set(System.nanoTime() + HALF_CLOSED_NANOS);
                }
            }
            case CLOSING -> channel.close();
            case TUNNEL, CLOSED -> {}
        }
    }

    @Override
    public boolean awaitsContinue() {
        return !continued && request.expects100Continue() && inbound.isEmpty();
    }

    @Override
    public void proceed() {
        continued = true;
        ByteBuf head = out.room();
        HeadWriter.statusLine(head, 100);
        HeadWriter.end(head);
        out.send();
    }

    @Override
    public void sendBody() {
        if (!pumping) {
            pump();
            exchange.flush();
            flush();
            readOn();
        }
    }

    // ---- the response

    @Override
    public boolean ready() {
        return channel.isWritable();
    }

    @Override
    public long unsent() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    @Override
    public void interim(ResponseHead head) {
        if (request.minorVersion() == 0) {
            return;
        }
        continued |= head.status() == 100;
        ByteBuf to = out.room();
        HeadWriter.statusLine(to, head);
        HeadWriter.fields(to, head, FieldSet.NONE);
        HeadWriter.end(to);
    }

    @Override
    public void head(ResponseHead head, boolean via) {
        boolean unknownLength = head.framing() == Framing.CHUNKED || head.framing() == Framing.UNTIL_CLOSE;
        Framing otherwise = request.minorVersion() == 0 ? Framing.UNTIL_CLOSE : Framing.CHUNKED;
        responseFraming = unknownLength ? otherwise : head.framing();
        keep = keeps() && responseFraming != Framing.UNTIL_CLOSE;
        ByteBuf to = out.room();
        HeadWriter.statusLine(to, head);
        HeadWriter.fields(to, head, FieldSet.NONE);
        if (!head.has(FieldName.DATE)) {
            HeadWriter.field(to, FieldName.DATE, door.worker().dates().now());
        }
        if (via) {
            HeadWriter.field(to, FieldName.VIA, door.worker().via().after(head));
        }
        if (unknownLength) {
            HeadWriter.framing(to, responseFraming, -1);
        } else {
            HeadWriter.framing(to, head);
        }
        if (responseFraming == Framing.CHUNKED && request.acceptsTrailers()) {
            HeadWriter.trailer(to, head);
        }
        if (!keep) {
            HeadWriter.close(to);
        } else if (request.minorVersion() == 0) {
            HeadWriter.keepAlive(to);
        }
        HeadWriter.end(to);
        writer.begin(responseFraming);
    }

    /**
     * Whether another request may follow, as things are now. Not after one for a tunnel: what a client sends behind it, it
     * may have meant for the tunnel.
     */
    private boolean keeps() {
        return !faulty
                && request.knownMethod() != Method.CONNECT
                && !exchange.upgrading()
                && bodyEnded
                && request.persistent()
                && !door.leaving()
                && !(inputEnded && inbound.isEmpty());
    }

    @Override
    public void body(ByteBuf data) {
        writer.write(data);
    }

    @Override
    public void end(@Nullable TrailerHead trailers) {
        writer.end(request.acceptsTrailers() ? trailers : null);
        next();
    }

    @Override
    public void answer(Answer answer) {
        keep = keeps();
        answer.write(
                out.room(),
                request.knownMethod(),
                door.worker().dates().now(),
                door.serving().hop(),
                !keep);
        next();
    }

    @Override
    public void abort() {
        if (responseFraming == Framing.UNTIL_CLOSE || !ready()) {
            state = State.CLOSING;
            out.send();
            Ends.cut(channel);
        } else {
            closeSoon();
        }
    }

    private void next() {
        if (!keep || door.closing() && inbound.isEmpty()) {
            out.send();
            if (nothingMoreComes() && unsent() == 0) {
                state = State.CLOSING;
                channel.close();
            } else {
                closeSoon();
            }
            return;
        }
        state = State.HEAD;
        parser.reset();
        awaitRequest();
        if (!pumping) {
            pump();
            exchange.flush();
            flush();
            readOn();
        }
    }

    /**
     * Whether the client has said that this request was its last (RFC 9112, section 9.6), and it was all that it has to say:
     * no tunnel, no body that it might go on with, and no end of TLS.
     */
    private boolean nothingMoreComes() {
        return plain
                && !faulty
                && request.framing() == Framing.NONE
                && !request.persistent()
                && request.knownMethod() != Method.CONNECT
                && !exchange.upgrading()
                && inbound.isEmpty();
    }

    private void awaitRequest() {
        headTimed = false;
        deadline.set(after(limits().idleTimeout()));
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public TunnelEnd tunnel() {
        ByteBuf to = out.room();
        HeadWriter.statusLine(to, 200);
        HeadWriter.end(to);
        return letGo();
    }

    @Override
    public TunnelEnd upgrade(ResponseHead head, boolean via) {
        ByteBuf to = out.room();
        HeadWriter.statusLine(to, head);
        HeadWriter.fields(to, head, FieldSet.NONE);
        if (via) {
            HeadWriter.field(to, FieldName.VIA, door.worker().via().after(head));
        }
        HeadWriter.upgrade(to, head);
        HeadWriter.end(to);
        return letGo();
    }

    private TunnelEnd letGo() {
        out.send();
        state = State.TUNNEL;
        deadline.remove();
        channel.pipeline().remove(this);
        return new ChannelEnd(channel, inbound.take());
    }

    @Override
    public void tunnelEnded() {
        exchange.close();
        state = State.CLOSED;
        door.closed(this);
    }

    // ---- the end

    @Override
    public void drain() {
        if (state == State.HEAD && !parser.started() && inbound.isEmpty()) {
            closeSoon();
        }
    }

    /** Whether it is a tunnel by now. */
    public boolean isTunnel() {
        return state == State.TUNNEL;
    }

    @Override
    public void end(End why) {
        exchange.clientGone(why);
        channel.close();
    }

    /**
     * Closes the connection after what was written: first our side, and all of it when the client has ended its own or
     * after a while. To close at once would make the system discard what the client has yet to read, should more come from
     * it.
     */
    private void closeSoon() {
        state = State.CLOSING;
        inbound.clear();
        deadline.set(System.nanoTime() + LAST_WORD_NANOS);
        out.send();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (inputEnded || !written.isSuccess()) {
                channel.close();
            } else {
                Ends.endOutput(channel);
                lingerUntil = System.nanoTime() + LINGER_NANOS;
                linger();
            }
        });
        readOn();
    }

    private void linger() {
        deadline.set(Math.min(lingerUntil, System.nanoTime() + LINGER_PAUSE_NANOS));
    }

    private void passed() {
        if (state == State.HEAD && headTimed) {
            door.fault(ClientFault.HEAD_TIMEOUT);
            refuseHead(
                    new Answer(408, ProxyError.HTTP_REQUEST_ERROR, "The head of the request did not arrive in time."),
                    End.CLIENT_TIMEOUT);
        } else if (state == State.EXCHANGE && !door.worker().loop().transport().isBroken(channel)) {
            deadline.set(System.nanoTime() + HALF_CLOSED_NANOS);
        } else {
            channel.close();
        }
    }

    private ClientLimits limits() {
        return door.serving().listener().limits();
    }

    private static long after(Duration limit) {
        return limit.isZero() ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
    }

    private void readOn() {
        if (!reading && !inputEnded && !inbound.isFull() && state != State.TUNNEL && state != State.CLOSED) {
            reading = true;
            channel.read();
        }
    }

    // ---- what the channel says

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        switch (state) {
            case HEAD, EXCHANGE -> {
                inbound.add(read);
                pump();
            }
            case CLOSING -> {
                read.release();
                if (lingerUntil != NOT_LINGERING) {
                    linger();
                }
            }
            case TUNNEL, CLOSED -> read.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        inbound.trim();
        exchange.flush();
        flush();
        readOn();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (Ends.Input.of(channel, event) != Ends.Input.GOES_ON && !inputEnded) {
            inputEnded = true;
            pump();
            exchange.flush();
            flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            exchange.clientReady();
            flush();
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
            faulty = true;
            if (!exchange.failInside()) {
                end(End.INTERNAL_ERROR);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        exchange.clientGone(End.CLIENT_CLOSED);
        exchange.close();
        state = State.CLOSED;
        inbound.clear();
        deadline.remove();
        door.closed(this);
    }
}
