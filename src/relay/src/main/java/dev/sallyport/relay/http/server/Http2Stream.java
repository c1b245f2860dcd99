package dev.sallyport.relay.http.server;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.Version;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.HeadEncoder;
import dev.sallyport.relay.http.h2.Inflow;
import dev.sallyport.relay.http.h2.Outbox;
import dev.sallyport.relay.http.h2.Outflow;
import dev.sallyport.relay.http.h2.SendStream;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.respond.Answer;
import dev.sallyport.relay.tunnel.StreamEnd;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client's HTTP/2 connection: its request, its exchange, and what waits on it in either direction. It is
 * used again for a later stream of the connection.
 */
final class Http2Stream extends SendStream implements ClientSide, StreamEnd.Carrier {
    private final Http2Connection connection;
    private final Outbox out;
    private final Outflow outflow;
    private final RequestHead request = new RequestHead();
    private final TrailerHead trailers = new TrailerHead();
    private final ResponseEncoder heads;
    private final Exchange exchange;

    /** Data that the exchange did not take yet; the client gets no credit for it until then. */
    private final Inbound received;

    private final Inflow inflow = new Inflow(Http2Connection.STREAM_WINDOW);
    private int id;
    private boolean closed = true;

    private boolean inputEnded;
    private boolean bodyEnded;
    private boolean trailed;
    private boolean continued;
    private long bodyReceived;

    private boolean over;
    private boolean malformed;
    private boolean touched;
    private long declared;
    private boolean endsByLength;
    private @Nullable StreamEnd tunnel;

    Http2Stream(Http2Connection connection) {
        super(connection.channel().alloc());
        this.connection = connection;
        this.out = connection.outbox();
        this.outflow = connection.outflow();
        this.heads = new ResponseEncoder(connection.door().worker());
        this.exchange = new Exchange(connection.door().worker(), this, request, connection.arrival());
        this.received = new Inbound(connection.channel().alloc());
    }

    @Override
    public int id() {
        return id;
    }

    /** The head to be filled by the request's block. */
    RequestHead request() {
        return request;
    }

    boolean closed() {
        return closed;
    }

    // ---- the request

    /** Takes a number. */
    void open(int stream, boolean end) {
        id = stream;
        closed = false;
        inputEnded = end;
        bodyEnded = false;
        trailed = false;
        continued = false;
        bodyReceived = 0;
        inflow.reset();
        over = false;
        malformed = false;
        declared = -1;
        endsByLength = false;
        tunnel = null;
        outflow.begin(this);
    }

    /** Serves the request, whose head is sound. */
    void begin() {
        bodyEnded = request.framing() == Framing.NONE;
        exchange.begin(connection.door().serving());
    }

    /** Refuses the request. */
    void beginFaulty(Fault fault) {
        Door.Serving now = connection.door().serving();
        malformed = fault.status() == 400;
        exchange.beginFaulty(now, exchange.malformed(now, fault), End.CLIENT_ERROR);
    }

    /** @param flow what counts against windows: the data and its padding */
    void data(ByteBuf in, int length, int flow, boolean end) {
        boolean within = inflow.arrived(flow);
        if (inputEnded || !within) {
            drop(in, length, flow);
            fail(inputEnded ? ErrorCode.STREAM_CLOSED : ErrorCode.FLOW_CONTROL_ERROR);
            return;
        }
        bodyReceived += length;
        inputEnded = end;
        boolean sound = request.framing() != Framing.LENGTH
                || (end ? bodyReceived == request.contentLength() : bodyReceived <= request.contentLength());
        if (tunnel == null && (over || !sound)) {
            drop(in, length, flow);
            if (!sound) {
                bodyFaulty(Fault.BODY_LENGTH);
            }
            return;
        }
        taken(flow - length);
        if (length > 0) {
            take(in, length);
        }
        if (end && !closed) {
            pump();
        }
    }

    /** Nobody will take what came, so that it counts for the connection no longer. */
    private void drop(ByteBuf in, int length, int flow) {
        in.skipBytes(length);
        connection.frames().taken(flow);
    }

    private void take(ByteBuf in, int length) {
        boolean direct = received.isEmpty() && (tunnel == null ? exchange.takesBody() : tunnel.takesData());
        if (direct) {
            deliver(in.readRetainedSlice(length));
        } else {
            ByteBuf copy = connection.channel().alloc().ioBuffer(length);
            copy.writeBytes(in, length);
            received.add(copy);
        }
    }

    private void deliver(ByteBuf data) {
        int length = data.readableBytes();
        touch();
        if (tunnel == null) {
            exchange.body(data);
        } else {
            tunnel.data(data);
        }
        taken(length);
    }

    /** Has what it was given sent on when this batch is over. */
    @Override
    public void touch() {
        if (!touched) {
            touched = true;
            connection.touched(this);
        }
    }

    @Override
    public void settle() {
        connection.flushTouched();
    }

    /** Sends on what the exchange or the tunnel got. */
    void flushRequest() {
        touched = false;
        if (tunnel == null) {
            exchange.flush();
        } else {
            tunnel.pause();
        }
    }

    /** Gives the client credit for what was taken. */
    private void taken(int length) {
        connection.frames().taken(length);
        int increment = closed || inputEnded ? 0 : inflow.taken(length);
        if (increment > 0) {
            out.windowUpdate(id, increment);
        }
    }

    /** The trailers of the request, which end it. */
    void trailers(@Nullable Fault fault, boolean end) {
        if (inputEnded) {
            fail(ErrorCode.STREAM_CLOSED);
        } else if (over) {
            inputEnded = end;
        } else if (!end || fault != null || tunnel != null) {
            inputEnded = end;
            bodyFaulty(fault == null ? Fault.PSEUDO_FIELD : fault);
        } else if (request.framing() == Framing.LENGTH && bodyReceived != request.contentLength()) {
            inputEnded = true;
            bodyFaulty(Fault.BODY_LENGTH);
        } else {
            inputEnded = true;
            trailed = trailers.fields() > 0;
            pump();
        }
    }

    /** The head for the trailers of the request, empty. */
    TrailerHead trailers() {
        trailers.reset();
        return trailers;
    }

    private void bodyFaulty(Fault fault) {
        malformed = true;
        if (over || tunnel != null) {
            fail(ErrorCode.PROTOCOL_ERROR);
        } else {
            exchange.bodyFaulty(fault);
        }
    }

    /** Passes on what waits of the body, as far as the exchange takes it. */
    private void pump() {
        while (!over && !bodyEnded && exchange.takesBody()) {
            if (!received.isEmpty()) {
                deliver(received.take());
            } else if (inputEnded) {
                bodyEnded = true;
                touch();
                exchange.endBody(trailed ? trailers : null);
            } else {
                return;
            }
        }
        if (tunnel != null && inputEnded) {
            tunnel.received();
        }
    }

    @Override
    public void sendBody() {
        touch();
        pump();
        connection.flushTouched();
    }

    @Override
    public boolean awaitsContinue() {
        return request.expects100Continue() && !continued && bodyReceived == 0 && !inputEnded;
    }

    @Override
    public void proceed() {
        continued = true;
        HeadEncoder.status(outflow.headers(), 100);
        outflow.endHeaders(this, false);
    }

    // ---- the response

    @Override
    public boolean ready() {
        return tunnel == null && declared == 0 || outflow.takes(this);
    }

    @Override
    public long unsent() {
        return unsentBytes();
    }

    @Override
    public void interim(ResponseHead head) {
        continued |= head.status() == 100;
        heads.interim(outflow.headers(), head);
        outflow.endHeaders(this, false);
    }

    @Override
    public void head(ResponseHead head, boolean via) {
        connection.responds();
        heads.response(outflow.headers(), head, via);
        declared = head.framing() == Framing.LENGTH ? head.contentLength() : -1;
        endsByLength = declared >= 0 && head.version() != Version.HTTP_2;
        boolean end = head.framing() == Framing.NONE || head.last() || endsByLength && declared == 0;
        if (end) {
            declared = 0;
        }
        outflow.endHeaders(this, end);
    }

    @Override
    public void body(ByteBuf data) {
        if (declared > 0) {
            declared -= data.readableBytes();
        }
        outflow.data(this, data, endsByLength && declared == 0);
    }

    @Override
    protected void room() {
        if (tunnel != null) {
            tunnel.room();
        } else if (!over) {
            exchange.clientReady();
        }
    }

    /** Whether the client opened no window since {@code nanos} for what is left of a response that has ended. */
    boolean endStuckSince(long nanos) {
        return over && stuckSince(nanos);
    }

    @Override
    public void end(@Nullable TrailerHead sent) {
        over = true;
        outflow.end(this, sent);
        if (!closed) {
            connection.awaitWindows();
        }
    }

    /** All was said: what the client still sends of its request is not wanted. */
    @Override
    protected void ended() {
        if (tunnel != null) {
            tunnel.outputEnded();
            return;
        }
        connection.floods().served();
        if (inputEnded) {
            close(false);
        } else {
            reset(ErrorCode.NO_ERROR);
        }
    }

    @Override
    public void answer(Answer answer) {
        connection.responds();
        byte[] text = answer.text();
        heads.answer(outflow.headers(), answer, connection.door().serving().hop());
        boolean bodiless = request.knownMethod() == Method.HEAD;
        outflow.endHeaders(this, bodiless && !malformed);
        if (malformed) {
            fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        if (!bodiless) {
            outflow.data(this, Unpooled.wrappedBuffer(text), true);
        }
        end(null);
    }

    @Override
    public void abort() {
        over = true;
        if (malformed) {
            fail(ErrorCode.PROTOCOL_ERROR);
        } else if (!closed) {
            reset(ErrorCode.INTERNAL_ERROR);
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    // ---- tunnels

    @Override
    public TunnelEnd tunnel() {
        HeadEncoder.status(outflow.headers(), 200);
        return openTunnel(ErrorCode.CONNECT_ERROR);
    }

    /** What was asked for by RFC 8441 is agreed to by 200; the rest of the handshake was that of HTTP/1.1. */
    @Override
    public TunnelEnd upgrade(ResponseHead head, boolean via) {
        heads.upgrade(outflow.headers(), head, via);
        return openTunnel(ErrorCode.CANCEL);
    }

    private TunnelEnd openTunnel(ErrorCode cut) {
        outflow.endHeaders(this, false);
        StreamEnd end = new StreamEnd(this, cut);
        tunnel = end;
        return end;
    }

    @Override
    public boolean inputEnded() {
        return inputEnded;
    }

    @Override
    public ByteBuf takeReceived() {
        ByteBuf all = received.take();
        taken(all.readableBytes());
        return all;
    }

    @Override
    public void carry(ByteBuf data) {
        outflow.data(this, data, false);
    }

    @Override
    public void endOutput() {
        outflow.end(this, null);
    }

    @Override
    public void leaveTunnel(ErrorCode otherwise) {
        if (closed) {
            return;
        }
        if (inputEnded && endSent()) {
            connection.floods().served();
            close(false);
        } else {
            reset(endSent() ? ErrorCode.NO_ERROR : otherwise);
        }
    }

    @Override
    public void tunnelEnded() {
        over = true;
    }

    // ---- the end

    /** Ends the stream for what its client did. */
    void fail(ErrorCode code) {
        leave(End.CLIENT_ERROR);
        if (!closed) {
            connection.floods().provoked();
            reset(code);
        }
    }

    /** Ends the stream as it is not served any more. */
    void cancel(ErrorCode code, End why) {
        leave(why);
        if (!closed) {
            reset(code);
        }
    }

    /** The client gave the stream up, or is gone. */
    void gone(End why) {
        leave(why);
        if (!closed) {
            close(false);
        }
    }

    private void leave(End why) {
        over = true;
        if (tunnel != null && why == End.CLIENT_CLOSED) {
            tunnel.gone();
        } else {
            exchange.clientGone(why);
        }
    }

    private void reset(ErrorCode code) {
        out.reset(id, code);
        close(!inputEnded);
    }

    private void close(boolean byUs) {
        closed = true;
        over = true;
        connection.frames().taken(received.bytes().readableBytes());
        release();
        connection.frames().closed(this, byUs);
    }

    private void release() {
        received.clear();
        outflow.forget(this);
    }

    /** Lets go of all: there will be no further stream. */
    void discard() {
        release();
        exchange.close();
    }
}
