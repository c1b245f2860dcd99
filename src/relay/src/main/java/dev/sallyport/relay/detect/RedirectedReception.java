package dev.sallyport.relay.detect;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Ask;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.http.server.ClientConnection;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.http.server.Http2Connection;
import dev.sallyport.relay.passage.Passage;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.tls.Alert;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A redirected connection until its first bytes tell what its client speaks. One that says nothing for a moment may wait
 * for the server to speak first: it is passed through if the policy lets anything go to its address. If not, only a name
 * can help, and the client has as long to tell one as for the head of a request.
 */
final class RedirectedReception extends FirstBytes {
    private static final long SILENCE_NANOS = 300_000_000L;

    private final Arrival arrival;
    private final Ask.OriginalDestination original;
    private boolean heard;
    private boolean silent;

    private RedirectedReception(Door door, SocketChannel channel, Arrival arrival, Ask.OriginalDestination original) {
        super(door, channel, "redirected client", ClientFault.HELLO_TIMEOUT, ClientFault.HELLO_MALFORMED);
        this.arrival = arrival;
        this.original = original;
    }

    /** Takes over a channel of which nothing was read, on its loop. */
    static void takeOver(
            Door door, Guest before, SocketChannel channel, Arrival arrival, Ask.OriginalDestination original) {
        RedirectedReception reception = new RedirectedReception(door, channel, arrival, original);
        channel.pipeline().addLast(reception);
        door.handedOver(before, reception);
        reception.limitTime(SILENCE_NANOS);
    }

    @Override
    void listen() {
        if (!heard) {
            heard = true;
            limitTime();
        }
        switch (Opening.of(inbound.bytes())) {
            case UNDECIDED -> {}
            case TLS -> hello();
            case HTTP1 -> {
                ClientConnection.takeOver(door, handOver(), channel, arrival);
                channel.pipeline().fireChannelRead(inbound.take());
            }
            case HTTP2 -> {
                Http2Connection.takeOver(door, handOver(), channel, arrival);
                channel.pipeline().fireChannelRead(inbound.take());
            }
            case OTHER -> pass(null);
        }
    }

    private void hello() {
        ClientHello hello = new ClientHello();
        switch (hello.read(inbound.bytes())) {
            case NEED_MORE -> {}
            case COMPLETE -> pass(new Ask.ServerName(Ascii.of(hello.serverName())));
            case NOT_TLS -> pass(null);
            case MALFORMED, TOO_LARGE -> refuse(ClientFault.HELLO_MALFORMED, Alert.DECODE_ERROR);
        }
    }

    private void pass(Ask.@Nullable ServerName tls) {
        Passage.takeOver(door, handOver(), channel, arrival, asking(tls), inbound.take());
    }

    private Ask asking(Ask.@Nullable ServerName tls) {
        return new Ask.OriginalDestination(original.address(), original.port(), tls);
    }

    private Guest handOver() {
        leave();
        channel.pipeline().remove(this);
        return this;
    }

    @Override
    void passed() {
        if (heard) {
            goOn(super::passed);
        } else if (silent || door.serving().role().decide(asking(null), arrival.peer()) instanceof Verdict.To) {
            pass(null);
        } else {
            silent = true;
            limitTime();
        }
    }

    @Override
    void ended() {
        goOn(super::ended);
    }

    /** What is no whole hello by now is broken TLS, and what is no request by now goes on as whatever it is. */
    private void goOn(Runnable ifTls) {
        if (Opening.of(inbound.bytes()) == Opening.TLS) {
            ifTls.run();
        } else {
            pass(null);
        }
    }

    /** Whoever has not said anything is sent away. */
    @Override
    public void drain() {
        if (inbound.isEmpty()) {
            channel.close();
        }
    }
}
