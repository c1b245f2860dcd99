package dev.sallyport.relay.listen;

import dev.sallyport.model.config.RelayPorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Whether the kernel leads the pod's traffic to the relay. The relay's own is exempt; but what redirects also refuses connections to the
 * relay's ports that were not redirected, whoever makes them, and both are put into force at once.
 */
public final class Redirection {
    private static final int PORT = RelayPorts.SIDECAR_INBOUND + RelayPorts.SIDECAR_INBOUND_MOST - 1;
    private static final int TIMEOUT_MS = 10_000;

    private Redirection() {}

    /**
     * Opens one of these ports for a moment, before a listener has it, and connects to it.
     *
     * @throws IOException when the port cannot be had
     */
    public static boolean isInForce() throws IOException {
        try (ServerSocket server = new ServerSocket();
                Socket socket = new Socket()) {
            server.bind(new InetSocketAddress("127.0.0.1", PORT));
            socket.connect(server.getLocalSocketAddress(), TIMEOUT_MS);
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }
}
