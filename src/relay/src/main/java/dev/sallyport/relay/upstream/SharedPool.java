package dev.sallyport.relay.upstream;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.client.Failure;
import dev.sallyport.relay.http.client.Origin;
import dev.sallyport.relay.http.client.SharedConnection;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.LoopMetrics;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/2 connections of one loop to one endpoint. A request goes on the first that has room. When none has, one is made,
 * and all who come meanwhile wait for that one; only what it has no room for makes another.
 */
final class SharedPool implements SharedConnection.Home {
    private final Loop loop;
    private final LoopMetrics metrics;
    private final InetSocketAddress address;
    private final Deadline limit;
    private final List<SharedConnection> connections = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private Duration connectTimeout;
    private Keeping keeping;
    private @Nullable Dial dial;
    private @Nullable SharedConnection greeting;
    private long giveUp;
    private boolean retired;

    SharedPool(Loop loop, LoopMetrics metrics, InetSocketAddress address, Duration connectTimeout, Keeping keeping) {
        this.loop = loop;
        this.metrics = metrics;
        this.address = address;
        this.connectTimeout = connectTimeout;
        this.keeping = keeping;
        this.limit = loop.deadline(now -> unanswered());
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
        if (free == null) {
            waiting.add(who);
            makeIfNeeded();
        } else {
            who.opened(free.open(), false);
        }
    }

    /** Does not wait any more. */
    void leave(Waiting who) {
        waiting.remove(who);
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
            }
            limit.remove();
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
            waiting.remove().opened(free.open(), true);
        }
        leaveIfDone();
    }

    private void refuse(ProxyError error, String detail) {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(each -> each.unopened(address, error, detail));
        leaveIfDone();
    }

    // ---- making one

    private void makeIfNeeded() {
        if (dial != null || greeting != null) {
            return;
        }
        giveUp = connectTimeout.isZero() ? Long.MAX_VALUE : System.nanoTime() + connectTimeout.toNanos();
        dial = Dial.start(loop, List.of(address), giveUp, new Dial.Listener() {
            @Override
            public void dialled(Channel channel, InetSocketAddress to) {
                dial = null;
                greet(channel);
            }

            @Override
            public void unreachable(ProxyError error, String detail) {
                dial = null;
                metrics.upstreamFailed(error);
                refuse(error, detail);
            }
        });
    }

    private void greet(Channel channel) {
        metrics.upstreamConnected();
        if (giveUp != Long.MAX_VALUE) {
            limit.set(giveUp);
        }
        SharedConnection made = SharedConnection.over(loop, channel, address, false, this);
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
            if (keeping.any() && !retired) {
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

    /** Waits for a way for a request. */
    interface Waiting {
        /** @param waited whether a connection was made in the meantime */
        void opened(Origin origin, boolean waited);

        void unopened(InetSocketAddress address, ProxyError error, String detail);
    }
}
