package dev.sallyport.relay.passage;

import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.ProxyError;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.http.client.Origin;
import dev.sallyport.relay.http.h1.Inbound;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Door.Serving;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.http.server.Worker;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.respond.Client;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.tls.Alert;
import dev.sallyport.relay.tunnel.ChannelEnd;
import dev.sallyport.relay.tunnel.Tunnel;
import dev.sallyport.relay.tunnel.TunnelEnd;
import dev.sallyport.relay.upstream.Introduction;
import dev.sallyport.relay.upstream.Reach;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that is passed through. Its destination is dialled at once, as the server may speak first; until
 * that has answered, the client is not read. What cannot be passed on is reset, or ended by an alert where the client
 * speaks TLS and no rule is for the server name it asks for.
 */
public final class Passage extends ChannelInboundHandlerAdapter implements Guest, Reach.Listener {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Passage.class);

    private final Door door;
    private final Worker worker;
    private final SocketChannel channel;
    private final Inbound inbound;
    private final Decision decision = new Decision();
    private final Reach reach;
    private @Nullable Timeouts timeouts;
    private @Nullable Tunnel tunnel;
    private boolean over;

    private Passage(Door door, SocketChannel channel, Arrival arrival) {
        this.door = door;
        this.worker = door.worker();
        this.channel = channel;
        this.inbound = new Inbound(channel.alloc());
        this.reach =
                new Reach(worker.upstreams(), decision, new Introduction(arrival.client(), arrival.reached()), this);
        Serving serving = door.serving();
        decision.reset(System.currentTimeMillis(), System.nanoTime());
        decision.kind = Decision.Kind.TUNNEL;
        decision.role = serving.listener().role();
        decision.policy = serving.listener().policy();
        decision.listener = arrival.peer().listener();
        decision.clientAddress =
                Client.at(arrival.peer().address(), false).address().toString();
        decision.clientPort = arrival.peer().port();
    }

    /**
     * Takes over a channel from whoever received it, on its loop.
     *
     * @param ask what is known of where it should go
     * @param early what was read already; taken over
     */
    public static void takeOver(
            Door door, Guest before, SocketChannel channel, Arrival arrival, Ask ask, ByteBuf early) {
        Passage passage = new Passage(door, channel, arrival);
        passage.inbound.add(early);
        channel.pipeline().addLast(passage);
        door.handedOver(before, passage);
        passage.begin(ask, arrival);
    }

    private void begin(Ask ask, Arrival arrival) {
        if (ask instanceof Ask.ServerName tls) {
            decision.serverName = tls.name().toString();
        }
        Verdict decided = door.serving().role().decide(ask, arrival.peer());
        decision.decideNanos = System.nanoTime() - decision.startNanos;
        decision.verdict(decided);
        switch (decided) {
            case Verdict.Refuse refusal -> refuse(ask, refusal);
            case Verdict.To to -> {
                timeouts = to.timeouts();
                if (to.destination() instanceof Destination.Cluster cluster) {
                    decision.cluster = cluster.id();
                }
                reach.tunnel(to);
            }
        }
    }

    private void refuse(Ask ask, Verdict.Refuse refusal) {
        boolean unserved = refusal.error() == ProxyError.DESTINATION_NOT_FOUND;
        record(End.COMPLETE);
        if (ask instanceof Ask.ServerName) {
            if (unserved) {
                door.fault(ClientFault.SERVER_NAME_UNKNOWN);
            }
            Alert alert = unserved ? Alert.UNRECOGNIZED_NAME : Alert.INTERNAL_ERROR;
            channel.writeAndFlush(alert.record()).addListener(ChannelFutureListener.CLOSE);
        } else {
            reset();
        }
    }

    @Override
    public void connected(TunnelEnd origin) {
        channel.pipeline().remove(this);
        decision.firstByteNanos = System.nanoTime() - decision.startNanos;
        worker.recorder().metrics().tunnelOpened();
        TunnelEnd client = new ChannelEnd(channel, inbound.take());
        tunnel = new Tunnel(
                worker.loop(), client, origin, Objects.requireNonNull(timeouts), decision, this::tunnelEnded);
        tunnel.open();
    }

    private void tunnelEnded() {
        tunnel = null;
        worker.recorder().metrics().tunnelClosed();
        worker.recorder().metrics().upstreamClosed();
        record(decision.end);
        reach.close();
        door.closed(this);
    }

    @Override
    public void unreached(ProxyError error, String detail) {
        boolean late = error == ProxyError.CONNECTION_TIMEOUT || error == ProxyError.DNS_TIMEOUT;
        decision.failed(error, detail);
        record(late ? End.CONNECT_TIMEOUT : End.COMPLETE);
        reset();
    }

    @Override
    public void reached(Origin origin) {
        throw new IllegalStateException("a tunnel was asked for");
    }

    /** So that nobody takes it for a stream that was whole. */
    private void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    private void record(End why) {
        over = true;
        reach.end();
        decision.end = why;
        decision.totalNanos = System.nanoTime() - decision.startNanos;
        worker.recorder().record(decision);
    }

    // ---- the end

    /** It is one stream, which goes on to its end. */
    @Override
    public void drain() {}

    @Override
    public void end(End why) {
        if (tunnel != null) {
            tunnel.close(why);
        } else {
            if (!over) {
                record(why);
            }
            channel.close();
        }
    }

    // ---- what the channel says before the tunnel has it

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        if (over) {
            read.release();
        } else {
            inbound.add(read);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("the passage of a connection failed inside", cause);
        }
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            record(End.CLIENT_CLOSED);
        }
        reach.close();
        inbound.clear();
        door.closed(this);
    }
}
