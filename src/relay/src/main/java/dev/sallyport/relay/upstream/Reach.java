package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.OriginConnections;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.http.client.Origin;
import dev.sallyport.relay.http.client.OriginConnection;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.tls.ClientHandshake;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.tunnel.ChannelEnd;
import dev.sallyport.relay.tunnel.TunnelEnd;
import dev.sallyport.relay.upstream.balance.EndpointState;
import dev.sallyport.relay.upstream.limit.Admission;
import dev.sallyport.relay.upstream.limit.ClusterLimits;
import dev.sallyport.relay.upstream.limit.Right;
import dev.sallyport.relay.upstream.names.Names;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection to where a verdict sends a request or a tunnel. One is used again for one exchange after another;
 * it ends with {@link #end}. What it did is told to the exchange's {@link Decision}.
 */
public final class Reach {
    private static final String GUARDS = "guards";
    private static final long NEVER = Long.MAX_VALUE;

    private final Upstreams upstreams;
    private final Decision decision;
    private final Introduction introduction;
    private final Listener listener;
    private final Deadline lookUpLimit;
    private final Admission admission;
    private final SharedPool.Waiting waiting = new InQueue();
    private final List<EndpointState> tried = new ArrayList<>();
    private Verdict.@Nullable To verdict;
    private boolean tunnel;
    private Change change = Change.NONE;
    private boolean sharesNone;
    private boolean safe;
    private boolean mayReuse;
    private @Nullable EndpointState running;
    private @Nullable Dial dial;
    private @Nullable ClientTls tls;
    private @Nullable ClientHandshake handshake;
    private @Nullable Pool home;
    private @Nullable Members members;
    private @Nullable SharedPool queue;
    private AddressPolicy.@Nullable Guarded found;
    private long began;
    private long giveUp;
    private int attempt;

    /** @param introduction for whom connections are made */
    public Reach(Upstreams upstreams, Decision decision, Introduction introduction, Listener listener) {
        this.upstreams = upstreams;
        this.decision = decision;
        this.introduction = introduction;
        this.listener = listener;
        this.lookUpLimit = upstreams.loop().deadline(now -> lookedUpTooLong());
        this.admission = new Admission(upstreams.loop(), new Admitted());
    }

    /**
     * Finds a way for a request, and calls the listener once, perhaps before this returns.
     *
     * @param safe whether nothing is lost when it goes on a connection that was used before and finds it closed
     * @param change the other protocol that it asks for
     */
    public void http(Verdict.To to, boolean safe, Change change) {
        tunnel = false;
        this.change = change;
        begin(to, safe);
    }

    /** Makes a connection for a tunnel, and calls the listener once, perhaps before this returns. */
    public void tunnel(Verdict.To to) {
        tunnel = true;
        change = Change.NONE;
        begin(to, false);
    }

    private void begin(Verdict.To to, boolean safe) {
        this.verdict = to;
        this.safe = safe;
        this.mayReuse = !tunnel;
        this.sharesNone = change == Change.OTHER;
        decision.retries = 0;
        tried.clear();
        next();
    }

    /** Begins again on a new connection, as the one that was used again had ended in the meantime. Counts as a retry. */
    public void fresh() {
        leave();
        decision.retries++;
        mayReuse = false;
        next();
    }

    /** Tries another endpoint, if the verdict and the cluster have one left; else does nothing and returns false. */
    public boolean elsewhere() {
        Verdict.To to = verdict();
        EndpointState failed = running;
        if (failed == null
                || tried.size() >= to.retries()
                || !(to.destination() instanceof Destination.Cluster named)) {
            return false;
        }
        tried.add(failed);
        Members cluster = upstreams.cluster(named.id());
        EndpointState other = cluster == null ? null : cluster.pick(tried);
        if (cluster == null || other == null) {
            return false;
        }
        leave();
        decision.retries++;
        connect(cluster, other);
        return true;
    }

    /** The head of a final response has come from where the request went. */
    public void responded(int status) {
        if (running != null && status < 500) {
            running.health().succeeded();
        } else {
            failed();
        }
    }

    /** What the request went to broke the connection, kept silent for too long, or spoke nonsense. */
    public void failed() {
        if (running != null) {
            running.health().failed(System.nanoTime());
        }
    }

    /** The exchange or tunnel has ended, or is given up. The listener hears nothing more. */
    public void end() {
        leave();
        admission.end();
        verdict = null;
        tried.clear();
    }

    /** Ends it for good. */
    public void close() {
        end();
        lookUpLimit.remove();
        admission.close();
    }

    private void leave() {
        attempt++;
        lookUpLimit.clear();
        stop();
        admission.leave();
        if (dial != null) {
            dial.cancel();
            dial = null;
        }
        if (queue != null) {
            queue.leave(waiting);
            queue = null;
        }
        if (handshake != null) {
            handshake.cancel();
            handshake = null;
        }
        tls = null;
        home = null;
        members = null;
    }

    private void stop() {
        if (running != null) {
            running.end();
            running = null;
        }
    }

    private void next() {
        switch (verdict().destination()) {
            case Destination.Cluster named -> {
                Members cluster = upstreams.cluster(named.id());
                if (cluster == null || admission.run(cluster.limits())) {
                    EndpointState endpoint = cluster == null ? null : cluster.pick(tried);
                    if (cluster == null || endpoint == null) {
                        listener.unreached(ProxyError.DESTINATION_UNAVAILABLE, "No endpoint is ready.");
                    } else {
                        connect(cluster, endpoint);
                    }
                }
            }
            case Destination.Named named -> connect(named);
        }
    }

    private void connect(Members cluster, EndpointState endpoint) {
        members = cluster;
        boolean old = sharesNone && cluster.cluster().protocol() == Cluster.Protocol.NEGOTIATED;
        if (!tunnel && !old && cluster.shares(endpoint)) {
            run(endpoint);
            share(cluster.shared(endpoint));
            return;
        }
        ClusterLimits limits = cluster.limits();
        boolean reuses =
                mayReuse && (safe || cluster.cluster().connections().reuse() == OriginConnections.Reuse.ALWAYS);
        if (reuses && admission.mayUseIdle(limits) && takeIdle(cluster, endpoint)) {
            return;
        }
        if (admission.connect(limits)) {
            run(endpoint);
            home = cluster.pool(endpoint);
            tls = cluster.tls();
            tls = old && tls != null ? tls.withoutHttp2() : tls;
            began = System.nanoTime();
            dial(
                    List.of(endpoint.address()),
                    false,
                    after(began, cluster.cluster().connectTimeout()));
            return;
        }
        EndpointState idle = reuses && admission.mayUseIdle(limits) ? cluster.pickIdle(tried) : null;
        if (idle == null || !takeIdle(cluster, idle)) {
            stop();
            if (admission.awaitConnection(limits, reuses)) {
                cluster.makeRoom();
            }
        }
    }

    private void run(EndpointState endpoint) {
        stop();
        running = endpoint;
        endpoint.begin();
    }

    private boolean takeIdle(Members cluster, EndpointState endpoint) {
        run(endpoint);
        return takeIdle(cluster.pool(endpoint));
    }

    private void share(SharedPool pool) {
        began = System.nanoTime();
        queue = pool;
        pool.open(waiting);
    }

    private void connect(Destination.Named destination) {
        Pool pool = upstreams.known(destination);
        if (pool == null || !mayReuse || !safe || !takeIdle(pool)) {
            lookUp(destination);
        }
    }

    private boolean takeIdle(Pool pool) {
        OriginConnection connection = pool.take(verdict().addresses());
        if (connection == null) {
            return false;
        }
        admission.leave();
        upstreams.metrics().upstreamReused();
        decision.upstream = connection.addressText();
        listener.reached(connection);
        return true;
    }

    private void lookUp(Destination.Named destination) {
        int of = attempt;
        found = null;
        began = System.nanoTime();
        giveUp = after(began, verdict().timeouts().connect());
        lookUpLimit.set(giveUp);
        upstreams.names().resolve(destination.host(), new Names.Listener() {
            private boolean begun;

            @Override
            public void resolved(List<InetAddress> addresses, boolean last) {
                if (of != attempt) {
                    return;
                }
                List<InetSocketAddress> good = judge(destination, addresses);
                if (begun) {
                    if (dial != null) {
                        dial.more(good);
                    }
                } else if (last || !good.isEmpty()) {
                    begun = true;
                    lookedUp(of);
                    dial(good, last);
                }
            }

            @Override
            public void unresolved(ProxyError error, String detail) {
                if (lookedUp(of)) {
                    listener.unreached(error, detail);
                }
            }
        });
    }

    /** Whether anybody still waits for what was looked up in an attempt. */
    private boolean lookedUp(int of) {
        if (of != attempt) {
            return false;
        }
        lookUpLimit.clear();
        decision.resolveNanos = System.nanoTime() - began;
        return true;
    }

    private void lookedUpTooLong() {
        if (lookedUp(attempt)) {
            attempt++;
            listener.unreached(ProxyError.DNS_TIMEOUT, "The name server did not answer in time.");
        }
    }

    /** Those addresses that the policy lets through, whatever else the name resolves to. */
    private List<InetSocketAddress> judge(Destination.Named destination, List<InetAddress> addresses) {
        AddressPolicy policy = verdict().addresses();
        List<InetSocketAddress> good = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            AddressPolicy.Guarded guarded = policy.judge(address, destination.port());
            if (guarded == null || !guarded.enforced()) {
                good.add(new InetSocketAddress(address, destination.port()));
            }
            found = guarded == null ? found : guarded;
        }
        return good;
    }

    private void dial(List<InetSocketAddress> good, boolean last) {
        AddressPolicy.Guarded guarded = found;
        if (good.isEmpty() && guarded != null) {
            listener.unreached(
                    ProxyError.DESTINATION_IP_PROHIBITED, "The destination is guarded: " + guarded.reason() + ".");
            return;
        }
        if (guarded != null && !guarded.enforced() && decision.overlookedRule.isEmpty()) {
            decision.overlookedRule = GUARDS;
            decision.overlookedDetail = guarded.reason();
        }
        began = System.nanoTime();
        dial(good, !last, giveUp);
    }

    private static long after(long from, Duration limit) {
        return limit.isZero() ? NEVER : from + limit.toNanos();
    }

    private void dial(List<InetSocketAddress> addresses, boolean moreComes, long giveUp) {
        Dial begun = new Dial(upstreams.loop(), addresses, moreComes, giveUp, new Dial.Listener() {
            @Override
            public void dialled(Channel channel, InetSocketAddress address) {
                dial = null;
                introduce(channel);
                if (tls == null) {
                    connected(channel, address, false);
                } else {
                    secure(tls, channel, address, giveUp);
                }
            }

            @Override
            public void unreachable(ProxyError error, String detail) {
                dial = null;
                unreached(addresses.getLast(), error, detail);
            }
        });
        dial = begun;
        begun.begin();
    }

    private void secure(ClientTls with, Channel channel, InetSocketAddress address, long until) {
        handshake =
                ClientHandshake.begin(upstreams.loop(), with, channel, address, until, new ClientHandshake.Listener() {
                    @Override
                    public void secured(boolean http2) {
                        handshake = null;
                        connected(channel, address, http2);
                    }

                    @Override
                    public void unsecured(ProxyError error, String detail) {
                        handshake = null;
                        unreached(address, error, detail);
                    }
                });
    }

    private void connected(Channel channel, InetSocketAddress address, boolean http2) {
        decision.connectNanos = System.nanoTime() - began;
        decision.upstream = NetUtil.toSocketAddressString(address);
        upstreams.metrics().upstreamConnected();
        if (verdict().destination() instanceof Destination.Named named) {
            upstreams.names().reached(named.host(), address.getAddress());
        }
        ClusterLimits counted = admission.handOver();
        if (counted != null) {
            channel.closeFuture().addListener(closed -> counted.giveBack(Right.CONNECTION));
        }
        if (tunnel) {
            responded(200);
            listener.connected(new ChannelEnd(channel));
        } else if (http2 && members != null && running != null) {
            SharedPool pool = members.shared(running);
            pool.adopt(channel);
            share(pool);
        } else {
            listener.reached(over(channel, address));
        }
    }

    private void unreached(InetSocketAddress last, ProxyError error, String detail) {
        decision.connectNanos = System.nanoTime() - began;
        decision.upstream = NetUtil.toSocketAddressString(last);
        upstreams.metrics().upstreamFailed(error);
        failed();
        if (!elsewhere()) {
            listener.unreached(error, detail);
        }
    }

    /** Before anything else, TLS among it. */
    private void introduce(Channel channel) {
        if (verdict().destination() instanceof Destination.Cluster named) {
            Members cluster = upstreams.cluster(named.id());
            ProxyProtocolVersion version =
                    cluster == null ? null : cluster.cluster().connections().proxyProtocol();
            if (version != null) {
                channel.writeAndFlush(introduction.header(version, channel.alloc()), channel.voidPromise());
            }
        }
    }

    /** Makes an HTTP connection of a channel that was just dialled, which comes back for other requests. */
    private Origin over(Channel channel, InetSocketAddress address) {
        Pool pool = home != null || !(verdict().destination() instanceof Destination.Named named)
                ? Objects.requireNonNull(home)
                : upstreams.pool(named);
        pool.opened();
        return OriginConnection.over(upstreams.loop(), channel, address, pool);
    }

    private Verdict.To verdict() {
        Verdict.To known = verdict;
        if (known == null) {
            throw new IllegalStateException("nothing to reach");
        }
        return known;
    }

    private final class Admitted implements Admission.Listener {
        @Override
        public void admitted() {
            next();
        }

        @Override
        public void notAdmitted(String detail) {
            listener.unreached(ProxyError.CONNECTION_LIMIT_REACHED, detail);
        }
    }

    /** In the queue for a shared connection. */
    private final class InQueue implements SharedPool.Waiting {
        @Override
        public boolean forWebSocket() {
            return change == Change.WEB_SOCKET;
        }

        @Override
        public void noWebSockets(InetSocketAddress address) {
            queue = null;
            Members cluster = Objects.requireNonNull(members);
            if (cluster.cluster().protocol() == Cluster.Protocol.NEGOTIATED) {
                sharesNone = true;
                connect(cluster, Objects.requireNonNull(running));
            } else {
                decision.upstream = NetUtil.toSocketAddressString(address);
                listener.unreached(
                        ProxyError.HTTP_UPGRADE_FAILED, "The destination does not take WebSockets over HTTP/2.");
            }
        }

        @Override
        public void opened(Origin origin, boolean waited) {
            queue = null;
            decision.upstream = origin.addressText();
            if (waited) {
                decision.connectNanos = System.nanoTime() - began;
            } else {
                upstreams.metrics().upstreamReused();
            }
            listener.reached(origin);
        }

        @Override
        public void unopened(InetSocketAddress address, ProxyError error, String detail) {
            queue = null;
            decision.connectNanos = System.nanoTime() - began;
            decision.upstream = NetUtil.toSocketAddressString(address);
            failed();
            if (!elsewhere()) {
                listener.unreached(error, detail);
            }
        }

        @Override
        public void plain(Channel channel, InetSocketAddress address) {
            queue = null;
            decision.connectNanos = System.nanoTime() - began;
            decision.upstream = NetUtil.toSocketAddressString(address);
            home = Objects.requireNonNull(members).pool(Objects.requireNonNull(running));
            listener.reached(over(channel, address));
        }

        @Override
        public void alone() {
            queue = null;
            connect(Objects.requireNonNull(members), Objects.requireNonNull(running));
        }
    }

    /** The other protocol that a request asks for. */
    public enum Change {
        NONE,
        /** To be had in HTTP/2 as well, of those that take it. */
        WEB_SOCKET,
        /** To be had in HTTP/1.1 alone; who does not speak that answers as if it had not been asked for. */
        OTHER
    }

    /** Is told what came of it. */
    public interface Listener {
        /** A way for the request. */
        void reached(Origin origin);

        /** A new connection for the tunnel, which is the listener's to close. */
        void connected(TunnelEnd end);

        /** There is none to be had. */
        void unreached(ProxyError error, String detail);
    }
}
