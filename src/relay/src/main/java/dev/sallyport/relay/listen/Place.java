package dev.sallyport.relay.listen;

import dev.sallyport.model.config.Listener;

/**
 * What a listening socket is known by: as long as a listener is at the same place, its socket stays.
 *
 * @param name of the listener where the system chooses the port, else empty
 */
record Place(String address, int port, String name) {
    static Place of(Listener listener) {
        return new Place(listener.address(), listener.port(), listener.port() == 0 ? listener.name() : "");
    }
}
