package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck.Active;
import dev.sallyport.model.config.HealthCheck.StatusRange;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.TrailerHead;
import dev.sallyport.relay.http.client.Failure;
import dev.sallyport.relay.http.client.Origin;
import dev.sallyport.relay.http.client.OriginConnection;
import dev.sallyport.relay.http.client.ResponseSink;
import dev.sallyport.relay.http.client.SharedConnection;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.tls.ClientHandshake;
import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One active check of one endpoint, on a connection of its own that is made as those for requests are: that it accepts, with
 * TLS where that is spoken, and answers a GET where it is asked one.
 */
final class Probe implements Dial.Listener, ClientHandshake.Listener {
    /** What begins a connection that is on behalf of nobody (sections 2.1 and 2.2 of the PROXY protocol). */
    private static final byte[] PROXY_UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final byte[] PROXY_LOCAL = "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private final Loop loop;
    private final Cluster cluster;
    private final @Nullable ClientTls tls;
    private final Active check;
    private final InetSocketAddress address;
    private final Consumer<Boolean> told;
    private final Deadline limit;
    private final long giveUp;
    private @Nullable Dial dial;
    private @Nullable ClientHandshake handshake;
    private @Nullable Channel channel;
    private boolean over;

    private Probe(
            Loop loop,
            Cluster cluster,
            @Nullable ClientTls tls,
            Active check,
            InetSocketAddress address,
            Consumer<Boolean> told) {
        this.loop = loop;
        this.cluster = cluster;
        this.tls = tls;
        this.check = check;
        this.address = address;
        this.told = told;
        this.limit = loop.deadline(now -> end(false));
        this.giveUp = System.nanoTime() + check.timeout().toNanos();
    }

    /**
     * Begins.
     *
     * @param tls how TLS is begun with the endpoint; null: it is not
     * @param told whether it was good, once, unless it is cancelled before
     */
    static Probe start(
            Loop loop,
            Cluster cluster,
            @Nullable ClientTls tls,
            Active check,
            InetSocketAddress address,
            Consumer<Boolean> told) {
        Probe probe = new Probe(loop, cluster, tls, check, address, told);
        probe.limit.set(probe.giveUp);
        Dial dial = new Dial(loop, List.of(address), probe.giveUp, probe);
        probe.dial = dial;
        dial.begin();
        return probe;
    }

    void cancel() {
        over = true;
        limit.remove();
        if (dial != null) {
            dial.cancel();
        }
        if (handshake != null) {
            handshake.cancel();
        }
        if (channel != null) {
            channel.close();
        }
    }

    private void end(boolean good) {
        if (!over) {
            cancel();
            told.accept(good);
        }
    }

    // ---- to connect

    @Override
    public void dialled(Channel connected, InetSocketAddress to) {
        dial = null;
        channel = connected;
        if (tls != null) {
            introduce(connected);
            handshake = ClientHandshake.begin(loop, tls, connected, address, giveUp, this);
        } else if (check.path().isEmpty() || cluster.protocol() == Cluster.Protocol.TCP) {
            end(true);
        } else {
            introduce(connected);
            ask(connected, cluster.protocol() == Cluster.Protocol.H2C);
        }
    }

    @Override
    public void unreachable(ProxyError error, String detail) {
        end(false);
    }

    private void introduce(Channel connected) {
        ProxyProtocolVersion version = cluster.connections().proxyProtocol();
        if (version != null) {
            byte[] header = version == ProxyProtocolVersion.V1 ? PROXY_UNKNOWN : PROXY_LOCAL;
            connected.writeAndFlush(Unpooled.wrappedBuffer(header), connected.voidPromise());
        }
    }

    @Override
    public void secured(boolean http2) {
        handshake = null;
        Channel connected = channel;
        if (connected == null || check.path().isEmpty()) {
            end(true);
        } else {
            ask(connected, http2);
        }
    }

    @Override
    public void unsecured(ProxyError error, String detail) {
        handshake = null;
        end(false);
    }

    // ---- to ask

    private void ask(Channel connected, boolean http2) {
        if (http2) {
            SharedConnection.over(loop, connected, address, tls != null, new Alone());
        } else {
            ask(OriginConnection.over(loop, connected, address, new Alone()), true);
        }
    }

    private void ask(Origin origin, boolean closing) {
        String host = check.host().isEmpty() ? NetUtil.toSocketAddressString(address) : check.host();
        origin.request(new ProbeRequest(check.path(), host, closing), new Answer());
        origin.endRequest(null);
        origin.flush();
    }

    private boolean isGood(int status) {
        for (StatusRange range : check.statuses()) {
            if (status >= range.first() && status <= range.last()) {
                return true;
            }
        }
        return false;
    }

    /** What comes of the request: its status is all that counts. */
    private final class Answer implements ResponseSink {
        @Override
        public void onInterim(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head) {
            end(isGood(head.status()));
        }

        @Override
        public void onUpgrade(ResponseHead head, TunnelEnd changed) {
            changed.close();
            end(false);
        }

        @Override
        public void onData(ByteBuf data) {
            data.release();
        }

        @Override
        public void onEnd(@Nullable TrailerHead trailers) {}

        @Override
        public void onFailure(Failure why, Extent extent) {
            end(false);
        }

        @Override
        public boolean takesData() {
            return true;
        }

        @Override
        public void onPause() {}

        @Override
        public void onWritable() {}
    }

    /** A connection for one request. */
    private final class Alone implements OriginConnection.Home, SharedConnection.Home {
        @Override
        public void ready(SharedConnection connection) {
            if (connection.hasRoom()) {
                ask(connection.open(), false);
            } else {
                end(false);
            }
        }

        @Override
        public void room(SharedConnection connection) {}

        @Override
        public void leaving(SharedConnection connection) {}

        @Override
        public void gone(SharedConnection connection, Failure why) {
            end(false);
        }

        @Override
        public void idle(OriginConnection connection) {
            connection.close();
        }

        @Override
        public void gone(OriginConnection connection) {
            end(false);
        }

        @Override
        public void handedOver(OriginConnection connection) {}
    }
}
