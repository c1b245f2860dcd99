package dev.sallyport.relay.listen;

import dev.sallyport.model.config.Listener;
import java.net.InetAddress;

/**
 * What a listening socket is known by: as long as a listener is at the same place, its socket stays.
 *
 * @param name of the listener where the system chooses the port, else empty
 */
record Place(String address, int port, String name) {
    /** Whether the system lets only one have the port, as one of the two is for all addresses. */
    boolean overlaps(Place other) {
        return port != 0 && port == other.port && (isForAll() || other.isForAll());
    }

    private boolean isForAll() {
        return InetAddress.ofLiteral(address).isAnyLocalAddress();
    }

    static Place of(Listener listener) {
        return new Place(listener.address(), listener.port(), listener.port() == 0 ? listener.name() : "");
    }
}
