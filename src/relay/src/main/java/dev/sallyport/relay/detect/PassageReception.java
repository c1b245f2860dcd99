package dev.sallyport.relay.detect;

import dev.sallyport.model.request.Ascii;
import dev.sallyport.model.role.Ask;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.passage.Passage;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.role.Arrival;
import dev.sallyport.relay.tls.Alert;
import io.netty.channel.socket.SocketChannel;

/** A client's connection that is to be passed through by the name it asks for, until that is known. */
final class PassageReception extends FirstBytes {
    private final Arrival arrival;

    private PassageReception(Door door, SocketChannel channel, Arrival arrival) {
        super(door, channel, "client", ClientFault.HELLO_TIMEOUT, ClientFault.HELLO_MALFORMED);
        this.arrival = arrival;
    }

    /** Takes over a channel, on its loop. What was read already is to be fired down the pipeline. */
    static void takeOver(Door door, Guest before, SocketChannel channel, Arrival arrival) {
        PassageReception reception = new PassageReception(door, channel, arrival);
        channel.pipeline().addLast(reception);
        door.handedOver(before, reception);
        reception.limitTime();
    }

    @Override
    void listen() {
        ClientHello hello = new ClientHello();
        switch (hello.read(inbound.bytes())) {
            case NEED_MORE -> {}
            case COMPLETE -> pass(hello.serverName());
            case NOT_TLS -> refuse(ClientFault.HELLO_MALFORMED, Alert.UNEXPECTED_MESSAGE);
            case MALFORMED, TOO_LARGE -> refuse(ClientFault.HELLO_MALFORMED, Alert.DECODE_ERROR);
        }
    }

    private void pass(String serverName) {
        leave();
        channel.pipeline().remove(this);
        Ask ask = new Ask.ServerName(Ascii.of(serverName));
        Passage.takeOver(door, this, channel, arrival, ask, inbound.take());
    }

    /** Whoever has not said anything is sent away. */
    @Override
    public void drain() {
        if (inbound.isEmpty()) {
            channel.close();
        }
    }
}
