package dev.sallyport.relay.upstream;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.HealthCheck.Active;
import dev.sallyport.model.config.HealthCheck.StatusRange;
import dev.sallyport.model.config.OriginConnections.ProxyProtocolVersion;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.ResponseHead;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.h1.ResponseParser;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One active check of one endpoint, on a connection of its own: that it accepts, and answers a GET where it is asked one. */
final class Probe extends ChannelInboundHandlerAdapter implements Dial.Listener {
    private static final HeadLimits LIMITS = new HeadLimits(8 << 10, 64 << 10, 200);

    /** What begins a connection that is on behalf of nobody (sections 2.1 and 2.2 of the PROXY protocol). */
    private static final byte[] PROXY_UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final byte[] PROXY_LOCAL = "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private final Cluster cluster;
    private final Active check;
    private final Consumer<Boolean> told;
    private final Deadline limit;
    private final Inbound inbound = new Inbound(Loop.ALLOCATOR);
    private final ResponseParser parser = new ResponseParser(new ResponseHead(), LIMITS);
    private @Nullable Dial dial;
    private @Nullable Channel channel;
    private boolean over;

    private Probe(Loop loop, Cluster cluster, Active check, Consumer<Boolean> told) {
        this.cluster = cluster;
        this.check = check;
        this.told = told;
        this.limit = loop.deadline(now -> end(false));
    }

    /** @param told whether it was good, once, unless it is cancelled before */
    static Probe start(Loop loop, Cluster cluster, Active check, InetSocketAddress address, Consumer<Boolean> told) {
        Probe probe = new Probe(loop, cluster, check, told);
        long giveUp = System.nanoTime() + check.timeout().toNanos();
        probe.limit.set(giveUp);
        Dial dial = Dial.start(loop, List.of(address), giveUp, probe);
        probe.dial = probe.over ? null : dial;
        return probe;
    }

    /** Whether an endpoint is asked something: what speaks neither TLS nor another protocol than HTTP/1.1. */
    private boolean asks() {
        return cluster.protocol() == Cluster.Protocol.HTTP11
                && cluster.tls() == null
                && !check.path().isEmpty();
    }

    void cancel() {
        over = true;
        limit.remove();
        inbound.clear();
        if (dial != null) {
            dial.cancel();
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

    @Override
    public void dialled(Channel connected, InetSocketAddress address) {
        dial = null;
        channel = connected;
        if (!asks()) {
            end(true);
            return;
        }
        parser.answers(Method.GET);
        connected.pipeline().addLast(this);
        connected.writeAndFlush(request(address), connected.voidPromise());
        connected.read();
    }

    private ByteBuf request(InetSocketAddress address) {
        String host = check.host().isEmpty() ? NetUtil.toSocketAddressString(address) : check.host();
        String head = "GET " + check.path() + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: sallyport\r\nConnection: close\r\n\r\n";
        ByteBuf request = Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1);
        ProxyProtocolVersion version = cluster.connections().proxyProtocol();
        return version == null
                ? request
                : Unpooled.wrappedBuffer(
                        Unpooled.wrappedBuffer(version == ProxyProtocolVersion.V1 ? PROXY_UNKNOWN : PROXY_LOCAL),
                        request);
    }

    @Override
    public void unreachable(ProxyError error, String detail) {
        end(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over) {
            ((ByteBuf) message).release();
            return;
        }
        inbound.add((ByteBuf) message);
        boolean more = true;
        while (more) {
            more = switch (parser.parse(inbound.bytes())) {
                case NEED_MORE -> false;
                case FAILED -> {
                    end(false);
                    yield false;
                }
                case COMPLETE -> answered(parser.head().status());
            };
        }
    }

    /** Whether another head is to come. */
    private boolean answered(int status) {
        if (status >= 100 && status < 200 && status != 101) {
            parser.reset();
            return true;
        }
        boolean good = false;
        for (StatusRange range : check.statuses()) {
            good |= status >= range.first() && status <= range.last();
        }
        end(good);
        return false;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!over) {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            end(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(false);
    }
}
