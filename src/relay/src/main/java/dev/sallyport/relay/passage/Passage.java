package dev.sallyport.relay.passage;

import dev.sallyport.model.request.Ascii;
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
 * that has answered, the client is not read. What cannot be passed on is reset, and what may not be is ended by an alert
 * where the client speaks TLS.
 */
public final class Passage extends ChannelInboundHandlerAdapter implements Guest, Reach.Listener {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Passage.class);

    private final Door door;
    private final Worker worker;
    private final SocketChannel channel;
    private final Inbound inbound;
    private final Decision decision = new Decision();
    private final Reach reach;
    private boolean speaksTls;
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
        tell(ask);
        Verdict decided = door.serving().role().decide(ask, arrival.peer());
        decision.decideNanos = System.nanoTime() - decision.startNanos;
        decision.verdict(decided);
        switch (decided) {
            case Verdict.Refuse refusal -> {
                record(End.COMPLETE);
                turnAway(refusal.error());
            }
            case Verdict.To to -> {
                timeouts = to.timeouts();
                if (to.destination() instanceof Destination.Cluster cluster) {
                    decision.cluster = cluster.id();
                }
                reach.tunnel(to);
            }
        }
    }

    /** What is known of where it should go. */
    private void tell(Ask ask) {
        switch (ask) {
            case Ask.ServerName tls -> speaksTls(tls);
            case Ask.OriginalDestination redirected -> {
                decision.original = redirected.toString();
                decision.port = redirected.port();
                if (redirected.tls() != null) {
                    speaksTls(redirected.tls());
                }
                decision.host.set(
                        decision.serverName.isEmpty()
                                ? Ascii.of(redirected.address().toString())
                                : Ascii.of(decision.serverName));
            }
            case Ask.Stream stream -> {}
            case Ask.Http http -> throw new IllegalArgumentException("requests are not passed through");
            case Ask.Connect connect -> throw new IllegalArgumentException("requests are not passed through");
        }
    }

    private void speaksTls(Ask.ServerName tls) {
        speaksTls = true;
        decision.serverName = tls.name().toString();
    }

    /** So that the client knows why, where it speaks TLS; else so that nobody takes it for a stream that was whole. */
    private void turnAway(ProxyError why) {
        if (speaksTls) {
            if (why == ProxyError.DESTINATION_NOT_FOUND) {
                door.fault(ClientFault.SERVER_NAME_UNKNOWN);
            }
            channel.writeAndFlush(alert(why).record()).addListener(ChannelFutureListener.CLOSE);
        } else {
            reset();
        }
    }

    private static Alert alert(ProxyError why) {
        return switch (why) {
            case DESTINATION_NOT_FOUND, HTTP_REQUEST_ERROR -> Alert.UNRECOGNIZED_NAME;
            case HTTP_REQUEST_DENIED, DESTINATION_IP_PROHIBITED -> Alert.ACCESS_DENIED;
            default -> Alert.INTERNAL_ERROR;
        };
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
        if (error == ProxyError.DESTINATION_IP_PROHIBITED) {
            turnAway(error);
        } else {
            reset();
        }
    }

    @Override
    public void reached(Origin origin) {
        throw new IllegalStateException("a tunnel was asked for");
    }

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
