package dev.sallyport.model.role;

import java.net.InetAddress;

/**
 * Who asks.
 *
 * @param address the client's address, an IPv4-mapped one as IPv4
 * @param port the client's port
 * @param listener the name of the listener that accepted the connection
 */
public record Peer(InetAddress address, int port, String listener) {}
