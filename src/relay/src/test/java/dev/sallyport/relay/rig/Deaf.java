package dev.sallyport.relay.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A listener that never accepts and whose queue is full: whoever connects to it hears nothing. */
public final class Deaf implements AutoCloseable {
    private static final int SILENCE_MILLIS = 200;

    private final ServerSocket server = new ServerSocket();
    private final List<Socket> queue = new ArrayList<>();

    public Deaf(InetSocketAddress address) throws IOException {
        server.bind(address, 1);
        while (!isDeaf()) {
            // one more has its place in the queue
        }
    }

    /** Whether another connection hears nothing. */
    public boolean isDeaf() {
        Socket next = new Socket();
        queue.add(next);
        try {
            next.connect(server.getLocalSocketAddress(), SILENCE_MILLIS);
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String authority() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : queue) {
            socket.close();
        }
        server.close();
    }
}
