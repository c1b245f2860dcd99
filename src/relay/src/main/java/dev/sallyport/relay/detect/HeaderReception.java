package dev.sallyport.relay.detect;

import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.role.Arrival;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/** A proxy's connection until it has said, by its PROXY header, who the client is. */
final class HeaderReception extends FirstBytes {
    private final Arrival proxy;

    private HeaderReception(Door door, SocketChannel channel, Arrival proxy) {
        super(door, channel, "proxy", ClientFault.PROXY_HEADER_MISSING, ClientFault.PROXY_HEADER_MISSING);
        this.proxy = proxy;
    }

    /** Receives a channel that was just accepted, on its loop. */
    static void receive(Door door, SocketChannel channel, Arrival proxy) {
        HeaderReception reception = new HeaderReception(door, channel, proxy);
        channel.pipeline().addLast(reception);
        door.opened(reception);
        if (!door.believes(proxy.peer().ip())) {
            reception.refuse(ClientFault.PROXY_HEADER_UNTRUSTED);
            return;
        }
        reception.limitTime();
        channel.read();
    }

    @Override
    void listen() {
        ProxyHeader header = new ProxyHeader();
        switch (header.read(inbound.bytes())) {
            case NEED_MORE -> {}
            case ABSENT -> refuse(ClientFault.PROXY_HEADER_MISSING);
            case MALFORMED -> refuse(ClientFault.PROXY_HEADER_MALFORMED);
            case COMPLETE -> {
                inbound.bytes().skipBytes(header.length());
                leave();
                channel.pipeline().remove(this);
                Entrance.goOn(door, this, channel, arrival(header), inbound.take());
            }
        }
    }

    private Arrival arrival(ProxyHeader header) {
        InetSocketAddress client = header.client();
        InetSocketAddress server = header.server();
        return client == null || server == null
                ? proxy
                : Arrival.from(client, server, proxy.peer().listener());
    }

    /** Nothing was asked yet. */
    @Override
    public void drain() {
        channel.close();
    }
}
