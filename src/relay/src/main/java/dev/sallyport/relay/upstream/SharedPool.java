package dev.sallyport.relay.upstream;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.client.Failure;
import dev.sallyport.relay.http.client.Origin;
import dev.sallyport.relay.http.client.SharedConnection;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.LoopMetrics;
import dev.sallyport.relay.tls.ClientHandshake;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.upstream.limit.ClusterLimits;
import dev.sallyport.relay.upstream.limit.Right;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one loop to one endpoint. A request goes on the first that has room. When none has, one is made,
 * and all who come meanwhile wait for that one; only what it has no room for makes another, if the
 * cluster's limits leave one.
 */
final class SharedPool implements SharedConnection.Home {
    private static final String FULL = "The backend has as many requests as it may have.";
    private static final String LATE = "The backend has as many requests as it may have, and none ended in time.";

    private final Loop loop;
    private final LoopMetrics metrics;
    private final InetSocketAddress address;
    private final @Nullable ClientTls tls;
    private final ClusterLimits limits;
    private final Runnable makeRoom;
    private final Deadline limit;
    private final Deadline turnLimit;
    private final List<SharedConnection> connections = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private Duration connectTimeout;
    private Keeping keeping;
    private @Nullable Turn turn;
    private @Nullable Dial dial;
    private @Nullable ClientHandshake handshake;
    private @Nullable SharedConnection greeting;
    private long giveUp;
    private boolean retired;
    private boolean old;

    /** @param makeRoom closes an idle connection of the cluster, so that another can be made */
    SharedPool(
            Loop loop,
            LoopMetrics metrics,
            InetSocketAddress address,
            @Nullable ClientTls tls,
            ClusterLimits limits,
            Runnable makeRoom,
            Duration connectTimeout,
            Keeping keeping) {
        this.loop = loop;
        this.metrics = metrics;
        this.address = address;
        this.tls = tls;
        this.limits = limits;
        this.makeRoom = makeRoom;
        this.connectTimeout = connectTimeout;
        this.keeping = keeping;
        this.limit = loop.deadline(now -> unanswered());
        this.turnLimit = loop.deadline(now -> noTurn());
    }

    /** Makes and keeps connections otherwise from now on. */
    void keep(Duration connectTimeout, Keeping keeping) {
        this.connectTimeout = connectTimeout;
        this.keeping = keeping;
        List.copyOf(connections).forEach(this::keep);
    }

    /** Finds a way for a request, and calls back once, perhaps before this returns. */
    void open(Waiting who) {
        SharedConnection free = waiting.isEmpty() ? withRoom() : null;
        int places = limits.most().pendingRequests();
        if (free != null) {
            give(free, who, false);
        } else if (places > 0 && waiting.size() >= places) {
            who.unopened(address, ProxyError.CONNECTION_LIMIT_REACHED, FULL);
        } else {
            waiting.add(who);
            makeIfNeeded();
        }
    }

    private void give(SharedConnection connection, Waiting who, boolean waited) {
        if (who.forWebSocket() && !connection.takesWebSockets()) {
            who.noWebSockets(address);
        } else {
            who.opened(connection.open(), waited);
        }
    }

    /** Whether the endpoint speaks HTTP/1.1 alone, as it last said: each request is to make its own connection. */
    boolean old() {
        return old;
    }

    /** Takes over a connection that was made for one request, as the endpoint chose HTTP/2 for it. */
    void adopt(Channel channel) {
        old = false;
        greet(channel);
    }

    /** Closes an idle connection; false when there is none. */
    boolean shed() {
        for (SharedConnection each : connections) {
            if (each != greeting && each.running() == 0) {
                each.leave();
                return true;
            }
        }
        return false;
    }

    /** Does not wait any more. */
    void leave(Waiting who) {
        waiting.remove(who);
        if (waiting.isEmpty()) {
            withdraw();
        }
        leaveIfDone();
    }

    /** No more requests come. Those that run or wait go on. */
    void retire() {
        retired = true;
        leaveIfDone();
    }

    private void leaveIfDone() {
        if (retired && waiting.isEmpty()) {
            List.copyOf(connections).forEach(SharedConnection::leave);
            if (dial != null) {
                dial.cancel();
                dial = null;
                limits.giveBack(Right.CONNECTION);
            }
            if (handshake != null) {
                handshake.cancel();
                handshake = null;
            }
            withdraw();
            limit.remove();
            turnLimit.remove();
        }
    }

    private @Nullable SharedConnection withRoom() {
        for (int i = 0; i < connections.size(); i++) {
            SharedConnection each = connections.get(i);
            if (each.hasRoom() && keeping.carriesMore(each.requests())) {
                return each;
            }
        }
        return null;
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            SharedConnection free = withRoom();
            if (free == null) {
                makeIfNeeded();
                return;
            }
            give(free, waiting.remove(), true);
        }
        withdraw();
        leaveIfDone();
    }

    private void withdraw() {
        Turn waits = turn;
        if (waits != null) {
            turn = null;
            turnLimit.clear();
            limits.withdraw(waits);
        }
    }

    private void refuse(ProxyError error, String detail) {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(each -> each.unopened(address, error, detail));
        leaveIfDone();
    }

    // ---- making one

    private void makeIfNeeded() {
        if (dial != null || handshake != null || greeting != null || turn != null) {
            return;
        }
        if (limits.take(Right.CONNECTION)) {
            make();
            return;
        }
        Turn waits = new Turn();
        if (limits.enqueue(waits)) {
            turn = waits;
            turnLimit.set(System.nanoTime() + limits.most().queueTimeout().toNanos());
            makeRoom.run();
        } else {
            refuse(ProxyError.CONNECTION_LIMIT_REACHED, FULL);
        }
    }

    private void noTurn() {
        Turn waits = turn;
        if (waits != null) {
            turn = null;
            limits.withdrawLate(waits);
            refuse(ProxyError.CONNECTION_LIMIT_REACHED, LATE);
        }
    }

    private void make() {
        giveUp = connectTimeout.isZero() ? Long.MAX_VALUE : System.nanoTime() + connectTimeout.toNanos();
        Dial begun = new Dial(loop, List.of(address), giveUp, new Dial.Listener() {
            @Override
            public void dialled(Channel channel, InetSocketAddress to) {
                dial = null;
                channel.closeFuture().addListener(closed -> limits.giveBack(Right.CONNECTION));
                if (tls == null) {
                    metrics.upstreamConnected();
                    greet(channel);
                } else {
                    secure(tls, channel);
                }
            }

            @Override
            public void unreachable(ProxyError error, String detail) {
                dial = null;
                limits.giveBack(Right.CONNECTION);
                metrics.upstreamFailed(error);
                refuse(error, detail);
            }
        });
        dial = begun;
        begun.begin();
    }

    private void secure(ClientTls with, Channel channel) {
        handshake = ClientHandshake.begin(loop, with, channel, address, giveUp, new ClientHandshake.Listener() {
            @Override
            public void secured(boolean http2) {
                handshake = null;
                metrics.upstreamConnected();
                if (http2) {
                    greet(channel);
                } else {
                    fallBack(channel);
                }
            }

            @Override
            public void unsecured(ProxyError error, String detail) {
                handshake = null;
                metrics.upstreamFailed(error);
                refuse(error, detail);
            }
        });
    }

    /** The endpoint chose HTTP/1.1: the first who waits gets the connection, the others make their own. */
    private void fallBack(Channel channel) {
        old = true;
        Waiting first = waiting.poll();
        if (first == null) {
            metrics.upstreamClosed();
            channel.close();
        } else {
            first.plain(channel, address);
        }
        List<Waiting> others = List.copyOf(waiting);
        waiting.clear();
        others.forEach(Waiting::alone);
        leaveIfDone();
    }

    private void greet(Channel channel) {
        if (giveUp != Long.MAX_VALUE) {
            limit.set(giveUp);
        }
        SharedConnection made = SharedConnection.over(loop, channel, address, tls != null, this);
        connections.add(made);
        greeting = made;
    }

    private void unanswered() {
        SharedConnection silent = greeting;
        if (silent != null) {
            greeting = null;
            silent.leave();
            metrics.upstreamFailed(ProxyError.CONNECTION_TIMEOUT);
            refuse(ProxyError.CONNECTION_TIMEOUT, "The destination did not answer in time.");
        }
    }

    @Override
    public void ready(SharedConnection connection) {
        if (connection != greeting) {
            return;
        }
        greeting = null;
        limit.clear();
        if (connection.hasRoom()) {
            serve();
            keep(connection);
        } else {
            connection.leave();
            refuse(ProxyError.CONNECTION_LIMIT_REACHED, "The destination takes no requests.");
        }
    }

    // ---- keeping them

    @Override
    public void room(SharedConnection connection) {
        serve();
        keep(connection);
    }

    private void keep(SharedConnection connection) {
        if (connection == greeting) {
            return;
        }
        if (!keeping.carriesMore(connection.requests())) {
            connection.leave();
        } else if (connection.running() == 0) {
            if (keeping.any() && !retired && !limits.pressed()) {
                connection.keepUntil(System.nanoTime() + keeping.idleNanos());
            } else {
                connection.leave();
            }
        }
    }

    @Override
    public void leaving(SharedConnection connection) {
        connections.remove(connection);
    }

    @Override
    public void gone(SharedConnection connection, Failure why) {
        metrics.upstreamClosed();
        connections.remove(connection);
        if (connection == greeting) {
            greeting = null;
            limit.clear();
            metrics.upstreamFailed(why.error());
            refuse(why.error(), why.detail());
        }
    }

    /** The pool's own waiting for a right to another connection. */
    private final class Turn extends ClusterLimits.Waiting {
        Turn() {
            super(loop, Right.CONNECTION, false, System.nanoTime());
        }

        @Override
        protected void resume() {
            loop.thread().execute(() -> {
                if (turn == this) {
                    turn = null;
                    turnLimit.clear();
                    make();
                }
            });
        }

        @Override
        protected void call(Runnable unused) {
            throw new IllegalStateException("a shared connection is no idle one's turn");
        }
    }

    /** Waits for a way for a request. */
    interface Waiting {
        /** Whether the request asks for a WebSocket. */
        boolean forWebSocket();

        /** The endpoint takes no WebSockets over HTTP/2. */
        void noWebSockets(InetSocketAddress address);

        /** @param waited whether a connection was made in the meantime */
        void opened(Origin origin, boolean waited);

        void unopened(InetSocketAddress address, ProxyError error, String detail);

        /** A connection for this one alone, as the endpoint speaks HTTP/1.1. */
        void plain(Channel channel, InetSocketAddress address);

        /** There is nothing to share. */
        void alone();
    }
}
