package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.relay.tls.ClientTls;
import dev.sallyport.relay.tls.Provider;
import dev.sallyport.relay.tls.SecureStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the API server, over a connection of its own for each answer so that none waits for another or shares its
 * death. No proxy is used and no redirect followed. Thread-safe.
 */
final class ApiClient implements AutoCloseable {
    private final ApiServer server;
    private final Pace pace;
    private byte[] believed = new byte[0];
    private @Nullable ClientTls tls;
    private boolean closed;

    ApiClient(ApiServer server, Pace pace) {
        this.server = server;
        this.pace = pace;
    }

    /** The resource is not there at the version that was asked for (HTTP 410): list it anew. */
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1;

        GoneException() {
            super("the version is gone");
        }
    }

    /**
     * An answer 200, whose body breaks after {@link Pace#silence}. Interrupting the virtual thread that waits here, or for
     * the body, ends the connection.
     *
     * @param path with query
     * @throws IOException when the server cannot be reached, or answers otherwise
     */
    Reply get(String path) throws IOException {
        byte[] request = request(path);
        Socket socket = new Socket();
        SecureStream secured = null;
        try {
            socket.setTcpNoDelay(true);
            connect(socket);
            Patience in = new Patience(socket, pace.answer());
            if (server.isSecured()) {
                secured = secured(in, socket.getOutputStream());
                secured.handshake();
                secured.write(request);
            } else {
                socket.getOutputStream().write(request);
            }
            Reply reply = Reply.read(secured == null ? in : secured, socket);
            switch (reply.status()) {
                case 200 -> in.eachWithin(pace.silence());
                case 410 -> throw new GoneException();
                default -> throw new IOException("the API server answers " + reply.status());
            }
            return reply;
        } catch (IOException | RuntimeException e) {
            if (secured != null) {
                secured.close();
            }
            socket.close();
            throw e;
        }
    }

    private void connect(Socket socket) throws IOException {
        try {
            socket.connect(
                    new InetSocketAddress(server.host(), server.port()),
                    Math.toIntExact(pace.answer().toMillis()));
        } catch (SocketTimeoutException e) {
            throw new IOException("no connection within " + pace.answer(), e);
        }
    }

    /** The token is that of now. */
    private byte[] request(String path) throws IOException {
        String token =
                Files.readString(server.token(), StandardCharsets.ISO_8859_1).strip();
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IOException(server.token() + ": holds no token");
        }
        return ("GET " + path + " HTTP/1.1\r\nHost: " + server.address().getRawAuthority()
                        + "\r\nAuthorization: Bearer " + token
                        + "\r\nAccept: application/json\r\nUser-Agent: sallyport\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Believes the certificates that are in the file now. */
    private synchronized SecureStream secured(InputStream in, OutputStream out) throws IOException {
        byte[] ca = Files.readAllBytes(server.ca());
        if (closed) {
            throw new IOException("closed");
        }
        if (tls == null || !Arrays.equals(ca, believed)) {
            ClientTls next;
            try {
                next = ClientTls.of(server.host(), ca, Provider.best());
            } catch (IllegalArgumentException e) {
                throw new IOException(server.ca() + ": " + e.getMessage(), e);
            }
            if (tls != null) {
                tls.release();
            }
            tls = next;
            believed = ca;
        }
        return tls.over(in, out, server.port());
    }

    /** Opens no more connections; those that are open belong to who reads from them. */
    @Override
    public synchronized void close() {
        closed = true;
        if (tls != null) {
            tls.release();
            tls = null;
        }
    }
}
