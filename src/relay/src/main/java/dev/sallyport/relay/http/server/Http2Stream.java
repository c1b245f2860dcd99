package dev.sallyport.relay.http.server;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.Version;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.http.h2.HeadEncoder;
import dev.sallyport.relay.http.h2.Outbox;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.respond.Answer;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client's HTTP/2 connection: its request, its exchange, and what waits on it in either direction. It is
 * used again for a later stream of the connection.
 */
final class Http2Stream implements ClientSide {
    private static final FieldSet UPGRADED = FieldSet.of(FieldName.SEC_WEBSOCKET_ACCEPT);

    private final Http2Connection connection;
    private final Outbox out;
    private final RequestHead request = new RequestHead();
    private final TrailerHead trailers = new TrailerHead();
    private final Exchange exchange;

    /** Data that the exchange did not take yet; the client gets no credit for it until then. */
    private final Inbound received;

    /** Data that the client's windows had no room for. */
    private final Inbound pending;

    private int id;
    private boolean closed = true;

    private boolean inputEnded;
    private boolean bodyEnded;
    private boolean trailed;
    private boolean continued;
    private long bodyReceived;
    private int receiveWindow;
    private int owed;

    private int sendWindow;
    private boolean begun;
    private boolean over;
    private boolean malformed;
    private boolean outputEnded;
    private boolean waiting;
    private boolean touched;
    private long declared;
    private boolean endsByLength;
    private ByteBuf lastBlock = Unpooled.EMPTY_BUFFER;
    private long movedAt;
    private @Nullable StreamEnd tunnel;

    Http2Stream(Http2Connection connection) {
        this.connection = connection;
        this.out = connection.outbox();
        this.exchange = new Exchange(connection.door().worker(), this, request, connection.arrival());
        this.received = new Inbound(connection.channel().alloc());
        this.pending = new Inbound(connection.channel().alloc());
    }

    int id() {
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

    /** Takes a number and windows. */
    void open(int stream, int window, boolean end) {
        id = stream;
        closed = false;
        inputEnded = end;
        bodyEnded = false;
        trailed = false;
        continued = false;
        bodyReceived = 0;
        receiveWindow = Http2Connection.STREAM_WINDOW;
        owed = 0;
        sendWindow = window;
        begun = false;
        over = false;
        malformed = false;
        outputEnded = false;
        waiting = false;
        declared = -1;
        endsByLength = false;
        tunnel = null;
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
        receiveWindow -= flow;
        connection.credit(flow - length);
        owed += flow - length;
        if (inputEnded || receiveWindow < 0) {
            in.skipBytes(length);
            connection.credit(length);
            fail(inputEnded ? ErrorCode.STREAM_CLOSED : ErrorCode.FLOW_CONTROL_ERROR);
            return;
        }
        bodyReceived += length;
        inputEnded = end;
        boolean sound = request.framing() != Framing.LENGTH
                || (end ? bodyReceived == request.contentLength() : bodyReceived <= request.contentLength());
        if (tunnel == null && (over || !sound)) {
            in.skipBytes(length);
            connection.credit(length);
            if (!sound) {
                bodyFaulty(Fault.BODY_LENGTH);
            }
            return;
        }
        if (length > 0) {
            take(in, length);
        }
        if (end && !closed) {
            pump();
        }
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
        credit(length);
    }

    /** Has what it was given sent on when this batch is over. */
    void touch() {
        if (!touched) {
            touched = true;
            connection.touched(this);
        }
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
    private void credit(int length) {
        connection.credit(length);
        owed += length;
        if (!closed && !inputEnded && owed >= Http2Connection.STREAM_WINDOW / 2) {
            Frames.windowUpdate(out.room(Frames.HEADER_BYTES + 4), id, owed);
            receiveWindow += owed;
            owed = 0;
            connection.flushSoon();
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
        HeadEncoder.status(out.headers(), 100);
        out.endHeaders(id, false);
        connection.flushSoon();
    }

    // ---- the response

    @Override
    public boolean ready() {
        boolean ready = tunnel == null && declared == 0
                || pending.isEmpty() && room() > 0 && connection.channel().isWritable();
        if (!ready) {
            await();
        }
        return ready;
    }

    @Override
    public long unsent() {
        return pending.bytes().readableBytes();
    }

    private int room() {
        return Math.min(sendWindow, connection.sendWindow());
    }

    @Override
    public void interim(ResponseHead head) {
        continued |= head.status() == 100;
        ByteBuf block = out.headers();
        HeadEncoder.status(block, head.status());
        HeadEncoder.fields(block, head, FieldSet.NONE);
        out.endHeaders(id, false);
        connection.flushSoon();
    }

    @Override
    public void head(ResponseHead head, boolean via) {
        connection.responds();
        begun = true;
        ByteBuf block = out.headers();
        HeadEncoder.status(block, head.status());
        fields(block, head, FieldSet.NONE, via);
        boolean tells = head.framing() == Framing.LENGTH
                || head.framing() == Framing.NONE && head.contentLength() >= 0 && head.status() != 204;
        if (tells) {
            HeadEncoder.field(block, FieldName.CONTENT_LENGTH, head.contentLength());
        }
        declared = head.framing() == Framing.LENGTH ? head.contentLength() : -1;
        endsByLength = declared >= 0 && head.version() != Version.HTTP_2;
        outputEnded = head.framing() == Framing.NONE || head.last() || endsByLength && declared == 0;
        if (outputEnded) {
            declared = 0;
        }
        out.endHeaders(id, outputEnded);
    }

    private void fields(ByteBuf block, ResponseHead head, FieldSet dropped, boolean via) {
        HeadEncoder.fields(block, head, dropped);
        if (!head.has(FieldName.DATE)) {
            HeadEncoder.field(
                    block, FieldName.DATE, connection.door().worker().dates().now());
        }
        if (via) {
            HeadEncoder.field(
                    block, FieldName.VIA, connection.door().worker().via().after(head));
        }
        if (head.has(FieldName.TRAILER)) {
            HeadEncoder.field(block, FieldName.TRAILER, Objects.requireNonNull(head.field(FieldName.TRAILER)));
        }
    }

    @Override
    public void body(ByteBuf data) {
        if (declared > 0) {
            declared -= data.readableBytes();
        }
        write(data, endsByLength && declared == 0);
    }

    /** Writes as much as there is room for; the rest waits. */
    void write(ByteBuf data, boolean last) {
        int length = data.readableBytes();
        int room = pending.isEmpty() ? Math.max(0, room()) : 0;
        if (length <= room) {
            outputEnded = last;
            sent(length);
            out.data(id, data, last);
            return;
        }
        if (room > 0) {
            sent(room);
            out.data(id, data.readRetainedSlice(room), false);
        }
        if (pending.isEmpty()) {
            movedAt = System.nanoTime();
        }
        await();
        pending.add(data);
    }

    private void await() {
        waiting = true;
        connection.awaited();
    }

    private void sent(int length) {
        sendWindow -= length;
        connection.sent(length);
    }

    /** Goes on after windows or the channel have opened. */
    void resume() {
        if (!waiting || closed) {
            return;
        }
        waiting = false;
        if (!pending.isEmpty() && room() > 0) {
            movedAt = System.nanoTime();
            ByteBuf data = pending.take();
            write(data, endsByLength && declared == 0);
        }
        if (!pending.isEmpty()) {
            await();
        } else if (tunnel != null) {
            tunnel.windowOpened();
        } else if (over) {
            finish();
        } else {
            exchange.clientReady();
        }
    }

    /** Whether the client opened no window since {@code nanos} for what is left of a response that has ended. */
    boolean stuckSince(long nanos) {
        return over && !pending.isEmpty() && movedAt - nanos < 0;
    }

    /** The client gives credit, or takes some back; false when there is more than there can be. */
    boolean enlarge(int increment) {
        long window = (long) sendWindow + increment;
        sendWindow = (int) Math.min(window, Frames.LARGEST_WINDOW);
        return window <= Frames.LARGEST_WINDOW;
    }

    @Override
    public void end(@Nullable TrailerHead sent) {
        if (sent != null && !outputEnded && passes(sent)) {
            lastBlock = connection.channel().alloc().ioBuffer(256);
            HeadEncoder.trailers(lastBlock, sent);
        }
        over = true;
        connection.flushSoon();
        if (pending.isEmpty()) {
            finish();
        } else {
            connection.awaitWindows();
        }
    }

    private static boolean passes(TrailerHead trailers) {
        for (int line = 0; line < trailers.fields(); line++) {
            if (trailers.passes(line)) {
                return true;
            }
        }
        return false;
    }

    /** All was said: the stream ends, and what the client still sends of its request is not wanted. */
    private void finish() {
        connection.served();
        if (lastBlock.isReadable()) {
            out.headers().writeBytes(lastBlock);
            out.endHeaders(id, true);
        } else if (!outputEnded) {
            out.data(id, Unpooled.EMPTY_BUFFER, true);
        }
        outputEnded = true;
        if (inputEnded) {
            close(false);
        } else {
            reset(ErrorCode.NO_ERROR);
        }
    }

    @Override
    public void answer(Answer answer) {
        connection.responds();
        begun = true;
        byte[] text = answer.text();
        ByteBuf block = out.headers();
        HeadEncoder.status(block, answer.status());
        HeadEncoder.field(
                block, FieldName.DATE, connection.door().worker().dates().now());
        HeadEncoder.field(block, FieldName.PROXY_STATUS, answer.proxyStatus());
        if (!answer.location().isEmpty()) {
            HeadEncoder.field(block, FieldName.LOCATION, Ascii.of(answer.location()));
        }
        HeadEncoder.field(block, FieldName.CONTENT_TYPE, Answer.PLAIN);
        HeadEncoder.field(block, FieldName.CONTENT_LENGTH, text.length);
        boolean bodiless = request.knownMethod() == Method.HEAD;
        outputEnded = bodiless && !malformed;
        out.endHeaders(id, outputEnded);
        if (malformed) {
            fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        if (!bodiless) {
            write(Unpooled.wrappedBuffer(text), false);
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
        connection.flushSoon();
    }

    // ---- tunnels

    @Override
    public TunnelEnd tunnel() {
        HeadEncoder.status(out.headers(), 200);
        return openTunnel();
    }

    /** What was asked for by RFC 8441 is agreed to by 200; the rest of the handshake was that of HTTP/1.1. */
    @Override
    public TunnelEnd upgrade(ResponseHead head, boolean via) {
        ByteBuf block = out.headers();
        HeadEncoder.status(block, 200);
        fields(block, head, UPGRADED, via);
        return openTunnel();
    }

    private TunnelEnd openTunnel() {
        out.endHeaders(id, false);
        begun = true;
        connection.flushSoon();
        StreamEnd end = new StreamEnd(this);
        tunnel = end;
        return end;
    }

    boolean inputEnded() {
        return inputEnded;
    }

    /** What came and was not taken; the client gets credit for it. */
    ByteBuf takeReceived() {
        ByteBuf all = received.take();
        credit(all.readableBytes());
        return all;
    }

    /** Whether data waits for windows. */
    boolean holdsData() {
        return !pending.isEmpty();
    }

    /** Ends our half; false when that was done. */
    boolean endOutput() {
        boolean first = !outputEnded;
        if (first) {
            outputEnded = true;
            out.data(id, Unpooled.EMPTY_BUFFER, true);
            connection.flushSoon();
        }
        return first;
    }

    /** The tunnel closes this end. */
    void leaveTunnel(ErrorCode otherwise) {
        if (closed) {
            return;
        }
        if (inputEnded && outputEnded) {
            connection.served();
            close(false);
        } else {
            reset(outputEnded ? ErrorCode.NO_ERROR : otherwise);
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
            connection.provoked();
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
        Frames.reset(out.room(Frames.HEADER_BYTES + 4), id, code);
        connection.flushSoon();
        close(!inputEnded);
    }

    private void close(boolean byUs) {
        closed = true;
        over = true;
        connection.credit(received.bytes().readableBytes());
        release();
        connection.closed(this, byUs);
    }

    private void release() {
        received.clear();
        pending.clear();
        lastBlock.release();
        lastBlock = Unpooled.EMPTY_BUFFER;
    }

    /** Lets go of all: there will be no further stream. */
    void discard() {
        release();
        exchange.close();
    }
}
