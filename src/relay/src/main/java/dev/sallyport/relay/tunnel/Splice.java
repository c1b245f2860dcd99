package dev.sallyport.relay.tunnel;

import io.netty.channel.IoEventLoop;

/**
 * Two sockets joined by two pipes: the kernel moves the bytes, and the loop only tells when there is something to move. For
 * long tunnels; it costs four descriptors. Not by {@code EpollSocketChannel.spliceTo}, which cuts streams whose peer ends
 * its half.
 */
final class Splice {
    private final Tunnel tunnel;
    private final SplicedSocket client;
    private final SplicedSocket origin;
    private final Half up;
    private final Half down;
    private boolean over;

    /**
     * @param up from the client to the origin
     * @param down back
     */
    Splice(Tunnel tunnel, SplicedSocket client, SplicedSocket origin, Half up, Half down) {
        this.tunnel = tunnel;
        this.client = client;
        this.origin = origin;
        this.up = up;
        this.down = down;
    }

    /** Begins; false when the loop does not take the sockets. */
    boolean start(IoEventLoop loop) {
        if (!client.register(loop, this) || !origin.register(loop, this)) {
            return false;
        }
        // What is in the sockets by now is told as soon as it is waited for.
        await();
        return true;
    }

    /** Something can be read from a socket, or written to it. */
    void ready(SplicedSocket socket, boolean input, boolean output) {
        if (over) {
            return;
        }
        boolean ofClient = socket == client;
        if (input) {
            move(ofClient ? up : down);
        }
        Half towards = ofClient ? down : up;
        if (output && !over && towards.holds()) {
            move(towards);
        }
        if (!over) {
            await();
        }
    }

    private void move(Half half) {
        SplicedSocket source = half == up ? client : origin;
        Half.Outcome outcome = half.move(source.peerEnded());
        long carried = half.carried();
        if (carried > 0) {
            tunnel.carried(half == up, carried);
        }
        switch (outcome) {
            case WAITS -> {}
            case ENDED -> endWhenBothHave();
            case SOURCE_GONE -> gone(source);
            case TARGET_GONE -> gone(half == up ? origin : client);
        }
    }

    private void await() {
        client.await(up.wants(), down.holds());
        origin.await(down.wants(), up.holds());
    }

    /** What a socket had said to its end still goes to the other; what it cannot hear any more is lost. */
    void gone(SplicedSocket socket) {
        if (over) {
            return;
        }
        Half from = socket == client ? up : down;
        Half towards = socket == client ? down : up;
        if (!from.sourceEnded()) {
            tunnel.broken(socket.whenBroken());
            return;
        }
        socket.unregister();
        if (!towards.isOver()) {
            towards.giveUp();
            tunnel.endAtBest(socket.whenBroken());
        }
        endWhenBothHave();
        if (!over) {
            await();
        }
    }

    private void endWhenBothHave() {
        if (up.isOver() && down.isOver()) {
            tunnel.splicedToTheEnd();
        }
    }

    void close() {
        letGo();
        client.end();
        origin.end();
    }

    /** Closes both so that their peers see that their streams were cut. */
    void reset() {
        letGo();
        client.reset();
        origin.reset();
    }

    private void letGo() {
        if (!over) {
            over = true;
            client.unregister();
            origin.unregister();
            up.close();
            down.close();
        }
    }
}
