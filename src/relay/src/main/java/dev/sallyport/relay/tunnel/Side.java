package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.record.Decision;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** One side of a tunnel: what it reads is written to the other, as fast as that one takes it. */
final class Side implements TunnelEnd.Events {
    private final Tunnel tunnel;
    private final TunnelEnd end;
    private final Decision.End whenBroken;
    private Side other = this;
    private boolean reading;
    private boolean inputEnded;
    private boolean told;
    private boolean closing;
    private boolean leaving;
    private ByteBuf stray = Unpooled.EMPTY_BUFFER;

    Side(Tunnel tunnel, TunnelEnd end, Decision.End whenBroken) {
        this.tunnel = tunnel;
        this.end = end;
        this.whenBroken = whenBroken;
    }

    void join(Side other) {
        this.other = other;
    }

    /** Begins; the first bytes are written to the other side, but not sent. */
    void open() {
        ByteBuf early = end.attach(this);
        if (early.isReadable()) {
            onData(early);
        } else {
            early.release();
        }
    }

    /** The side may have ended its half before the tunnel was opened. */
    void noticeEnd() {
        if (end.inputEnded()) {
            onEnd();
        }
    }

    TunnelEnd end() {
        return end;
    }

    Decision.End whenBroken() {
        return whenBroken;
    }

    // ---- on the way to a splice

    /** Nothing more is read; what comes nevertheless is kept: {@link #takeStray}. */
    void leave() {
        leaving = true;
    }

    /** For the caller to release. */
    ByteBuf takeStray() {
        ByteBuf kept = stray;
        stray = Unpooled.EMPTY_BUFFER;
        return kept;
    }

    boolean hasInputEnded() {
        return inputEnded;
    }

    // ---- copying

    void flush() {
        end.flush();
    }

    void readOn() {
        if (!reading && !inputEnded && !closing && !leaving && other.end.writable()) {
            reading = true;
            end.readOn();
        }
    }

    /** Whether the side has ended its half and the other was told so. */
    boolean hasEnded() {
        return told;
    }

    void close() {
        closing = true;
        end.close();
    }

    /** Closes it so that the peer sees that its stream was cut. */
    void reset() {
        closing = true;
        end.reset();
    }

    @Override
    public void onData(ByteBuf data) {
        if (closing) {
            data.release();
            return;
        }
        tunnel.carried(whenBroken == Decision.End.CLIENT_CLOSED, data.readableBytes());
        if (leaving) {
            stray = Unpooled.wrappedBuffer(stray, data);
        } else {
            other.end.write(data);
        }
    }

    @Override
    public void onPause() {
        reading = false;
        other.flush();
        tunnel.paused();
        readOn();
    }

    @Override
    public void onWritable() {
        other.readOn();
    }

    @Override
    public void onEnd() {
        if (!inputEnded && !closing) {
            inputEnded = true;
            if (!leaving) {
                other.end.endOutput();
            }
        }
    }

    @Override
    public void onOutputEnded() {
        if (!closing) {
            other.told = true;
            tunnel.ended();
        }
    }

    /** What the side had said to its end still goes to the other; what it cannot hear any more is lost. */
    @Override
    public void onGone() {
        if (!inputEnded || leaving) {
            tunnel.broken(whenBroken);
        } else if (!other.told) {
            other.told = true;
            tunnel.unheard(whenBroken);
        }
    }
}
