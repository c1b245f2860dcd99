package dev.sallyport.relay.tunnel;

import dev.sallyport.relay.record.Decision;
import io.netty.buffer.ByteBuf;

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

    void flush() {
        end.flush();
    }

    void readOn() {
        if (!reading && !inputEnded && !closing && other.end.writable()) {
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
        tunnel.carried(this, data.readableBytes());
        other.end.write(data);
    }

    @Override
    public void onPause() {
        reading = false;
        other.flush();
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
            other.end.endOutput();
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
        if (!inputEnded) {
            tunnel.broken(whenBroken);
        } else if (!other.told) {
            other.told = true;
            tunnel.unheard(whenBroken);
        }
    }
}
