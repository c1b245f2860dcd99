package dev.sallyport.relay.http.client;

import dev.sallyport.relay.http.Fault;
import dev.sallyport.relay.http.Framing;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.OutgoingRequest;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.WebSockets;
import dev.sallyport.relay.http.client.ResponseSink.Extent;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.http.h2.HeadDecoder;
import dev.sallyport.relay.http.h2.Inflow;
import dev.sallyport.relay.http.h2.SendStream;
import dev.sallyport.relay.tunnel.StreamEnd;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on a {@link SharedConnection}. What the origin sends ahead of the client is held here, up to the window of the
 * stream; the origin gets new credit as the client takes the data. Used again for one request after another.
 */
final class OriginStream extends SendStream implements Origin, StreamEnd.Carrier {
    /** More interim responses than any request needs. */
    private static final int MOST_INTERIM = 64;

    private enum State {
        /** Not begun, or over. */
        FREE,
        HEAD,
        BODY,
        /** The response is whole; it was not released yet. */
        DONE,
        /** It is the end of a tunnel. */
        TUNNEL
    }

    private final SharedConnection connection;
    private final ResponseHead head = new ResponseHead();
    private final TrailerHead trailers = new TrailerHead();
    private final Inbound held;
    private final Inflow inflow = new Inflow(SharedConnection.STREAM_WINDOW);
    private @Nullable ResponseSink sink;
    private @Nullable Failure failure;
    private @Nullable RequestHead webSocket;
    private @Nullable StreamEnd tunnel;
    private State state = State.FREE;
    private Method method = Method.OTHER;
    private int id;
    private boolean reused;
    private boolean hasTrailers;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean heard;
    private long received;
    private int interims;

    OriginStream(SharedConnection connection) {
        super(connection.allocator());
        this.connection = connection;
        this.held = new Inbound(connection.allocator());
    }

    /** Is begun under a number. */
    void numbered(int number, boolean again) {
        id = number;
        reused = again;
        failure = null;
        hasTrailers = false;
        inputEnded = false;
        received = 0;
        interims = 0;
        inflow.reset();
        head.reset();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public InetSocketAddress address() {
        return connection.address();
    }

    @Override
    public String addressText() {
        return connection.addressText();
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public boolean shared() {
        return true;
    }

    Inflow inflow() {
        return inflow;
    }

    @Override
    public boolean inputEnded() {
        return inputEnded;
    }

    // ---- the request

    @Override
    public void request(OutgoingRequest request, ResponseSink sink) {
        this.sink = sink;
        method = request.head().knownMethod();
        state = State.HEAD;
        webSocket = request.upgrading() && WebSockets.asks(request.head()) ? request.head() : null;
        outputEnded = webSocket == null && request.head().framing() == Framing.NONE;
        connection.begin(this, request, webSocket != null, outputEnded);
    }

    @Override
    public boolean writable() {
        return outputEnded || connection.outflow().takes(this);
    }

    @Override
    public void write(ByteBuf data) {
        if (outputEnded) {
            data.release();
        } else {
            connection.outflow().data(this, data, false);
        }
    }

    @Override
    public void endRequest(@Nullable TrailerHead trailers) {
        if (!outputEnded && webSocket == null) {
            outputEnded = true;
            connection.outflow().end(this, trailers);
        }
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    protected void room() {
        if (tunnel != null) {
            tunnel.room();
        } else if (sink != null && !outputEnded) {
            sink.onWritable();
        }
    }

    @Override
    protected void ended() {
        if (tunnel != null) {
            tunnel.outputEnded();
        }
    }

    // ---- the response

    @Nullable
    Breach headers(HeadDecoder heads, ByteBuf block, boolean end) {
        heard();
        boolean first = state == State.HEAD;
        Breach breach;
        if (first) {
            head.reset();
            breach = heads.response(block, head, method, end);
        } else {
            trailers.reset();
            breach = heads.trailers(block, trailers);
        }
        if (breach != null) {
            return breach;
        }
        Fault fault = heads.fault();
        if (fault == null && !first && (!end || tunnel != null)) {
            fault = Fault.PSEUDO_FIELD;
        }
        if (fault == null && !first && isShort()) {
            fault = Fault.BODY_LENGTH;
        }
        if (fault != null) {
            breakOff(Failure.malformed(fault));
        } else if (!first) {
            hasTrailers = true;
            inputEnded = true;
            pump();
        } else if (head.interim()) {
            interim();
        } else {
            inputEnded = end;
            answered();
        }
        return null;
    }

    private void answered() {
        RequestHead asked = webSocket;
        webSocket = null;
        if (asked == null) {
            state = State.BODY;
            sink().onHead(head);
            pump();
        } else if (head.status() >= 300) {
            endRequest(null);
            answered();
        } else {
            WebSockets.agree(head, asked);
            state = State.TUNNEL;
            ResponseSink told = sink();
            sink = null;
            StreamEnd end = new StreamEnd(this, ErrorCode.CANCEL);
            tunnel = end;
            told.onUpgrade(head, end);
        }
    }

    private void heard() {
        if (!heard) {
            heard = true;
            connection.heard(this);
        }
    }

    private void interim() {
        if (++interims > MOST_INTERIM) {
            breakOff(Failure.INTERIMS);
        } else {
            sink().onInterim(head);
        }
    }

    private boolean isShort() {
        return head.framing() == Framing.LENGTH && received < head.contentLength();
    }

    /**
     * Takes data.
     *
     * @param flow what it counts for against windows
     */
    void data(ByteBuf in, int length, int flow, boolean end) {
        heard();
        received += length;
        if (!inflow.arrived(flow)) {
            drop(in, length, flow, Failure.RULES, ErrorCode.FLOW_CONTROL_ERROR);
        } else if (state == State.TUNNEL) {
            carry(in, length, flow, end);
        } else if (state != State.BODY) {
            drop(in, length, flow, Failure.RULES, ErrorCode.PROTOCOL_ERROR);
        } else if (isTooLong() || end && isShort()) {
            drop(in, length, flow, Failure.malformed(Fault.BODY_LENGTH), ErrorCode.PROTOCOL_ERROR);
        } else {
            carry(in, length, flow, end);
        }
    }

    private void carry(ByteBuf in, int length, int flow, boolean end) {
        inputEnded = end;
        boolean straight = held.isEmpty() && (tunnel == null ? sink().takesData() : tunnel.takesData());
        taken(straight ? flow : flow - length);
        if (length > 0) {
            ByteBuf data = in.readRetainedSlice(length);
            if (!straight) {
                held.add(data);
            } else if (tunnel == null) {
                sink().onData(data);
            } else {
                tunnel.data(data);
            }
        }
        pump();
    }

    private boolean isTooLong() {
        return switch (head.framing()) {
            case NONE -> received > 0;
            case LENGTH -> received > head.contentLength();
            case CHUNKED, UNTIL_CLOSE -> false;
        };
    }

    private void drop(ByteBuf in, int length, int flow, Failure why, ErrorCode code) {
        in.skipBytes(length);
        connection.taken(flow);
        breakOff(why, code);
    }

    private void taken(int bytes) {
        if (inputEnded) {
            connection.taken(bytes);
        } else {
            connection.taken(this, bytes);
        }
    }

    @Override
    public void resume() {
        pump();
        connection.flush();
    }

    private void pump() {
        if (tunnel != null) {
            tunnel.received();
            return;
        }
        while (state == State.BODY && !held.isEmpty() && sink().takesData()) {
            ByteBuf all = held.take();
            taken(all.readableBytes());
            sink().onData(all);
        }
        if (state == State.BODY && held.isEmpty()) {
            if (inputEnded) {
                state = State.DONE;
                sink().onEnd(hasTrailers ? trailers : null);
            } else if (failure != null) {
                fail(failure, Extent.ANSWERED);
            }
        }
    }

    /** What was read is all for now. */
    void paused() {
        heard = false;
        if (tunnel != null) {
            tunnel.pause();
        } else if (sink != null) {
            sink.onPause();
        }
    }

    // ---- the end of a tunnel

    @Override
    public ByteBuf takeReceived() {
        ByteBuf all = held.take();
        taken(all.readableBytes());
        return all;
    }

    @Override
    public void touch() {
        heard();
    }

    @Override
    public void settle() {
        connection.settle();
    }

    @Override
    public boolean ready() {
        return writable();
    }

    @Override
    public void carry(ByteBuf data) {
        write(data);
    }

    @Override
    public void endOutput() {
        endRequest(null);
        flush();
    }

    @Override
    public void leaveTunnel(ErrorCode otherwise) {
        if (tunnel != null) {
            leave(otherwise);
            connection.flush();
            free();
        }
    }

    private void tunnelGone() {
        StreamEnd told = Objects.requireNonNull(tunnel);
        free();
        told.gone();
    }

    // ---- the end

    /** The origin broke the rules of the stream. */
    void breach(ErrorCode code) {
        if (state == State.DONE) {
            connection.reset(this, code);
        } else {
            breakOff(Failure.RULES, code);
        }
    }

    /** The origin resets the stream. After a whole response that only says that it wants no more of the request. */
    void reset(ErrorCode code) {
        connection.remove(this);
        outputEnded = true;
        switch (state) {
            case HEAD -> {
                if (code == ErrorCode.REFUSED_STREAM) {
                    fail(Failure.REFUSED, Extent.REFUSED);
                } else {
                    fail(Failure.RESET, extent());
                }
            }
            case BODY -> {
                failure = Failure.BROKEN_OFF;
                pump();
            }
            case TUNNEL -> tunnelGone();
            case FREE, DONE -> {}
        }
    }

    /** The origin goes away and said that it does nothing about this request. */
    void unseen() {
        outputEnded = true;
        if (state == State.HEAD) {
            fail(Failure.REFUSED, Extent.REFUSED);
        } else if (state == State.TUNNEL) {
            tunnelGone();
        } else {
            failure = Failure.BROKEN_OFF;
            pump();
        }
    }

    /** The connection is gone. */
    void lost(Failure why) {
        outputEnded = true;
        if (state == State.HEAD) {
            fail(why, extent());
        } else if (state == State.TUNNEL) {
            tunnelGone();
        } else {
            failure = why == Failure.CLOSED ? Failure.BROKEN_OFF : why;
            pump();
        }
    }

    private Extent extent() {
        return interims > 0 ? Extent.ANSWERED : Extent.UNANSWERED;
    }

    private void breakOff(Failure why) {
        breakOff(why, ErrorCode.PROTOCOL_ERROR);
    }

    /** Resets the stream for what the origin did. */
    private void breakOff(Failure why, ErrorCode code) {
        connection.reset(this, code);
        fail(why, Extent.ANSWERED);
    }

    private void fail(Failure why, Extent extent) {
        if (state == State.TUNNEL) {
            tunnelGone();
            return;
        }
        ResponseSink told = sink();
        free();
        told.onFailure(why, extent);
    }

    @Override
    public void release(boolean requestComplete) {
        leave(ErrorCode.CANCEL);
        free();
    }

    private void leave(ErrorCode otherwise) {
        if (inputEnded && endSent()) {
            connection.remove(this);
        } else {
            connection.reset(this, otherwise);
        }
    }

    @Override
    public void close() {
        connection.reset(this, ErrorCode.CANCEL);
        connection.flush();
        free();
    }

    private void free() {
        state = State.FREE;
        sink = null;
        tunnel = null;
        webSocket = null;
        outputEnded = true;
        connection.taken(held.bytes().readableBytes());
        held.clear();
        connection.spare(this);
    }

    private ResponseSink sink() {
        ResponseSink known = sink;
        if (known == null) {
            throw new IllegalStateException("no request runs on stream " + id + ", which is " + state);
        }
        return known;
    }
}
