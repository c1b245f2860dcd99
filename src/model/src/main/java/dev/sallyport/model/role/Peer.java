package dev.sallyport.model.role;

import dev.sallyport.model.address.IpAddress;
import java.net.InetAddress;

/**
 * Who asks.
 *
 * @param address the client's address, an IPv4-mapped one as IPv4
 * @param port the client's port
 * @param listener the name of the listener that accepted the connection
 * @param ip the address as a number, taken once a connection
 */
public record Peer(InetAddress address, int port, String listener, IpAddress ip) {
    public Peer(InetAddress address, int port, String listener) {
        this(address, port, listener, IpAddress.of(address));
    }
}
