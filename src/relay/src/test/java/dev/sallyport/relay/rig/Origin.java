package dev.sallyport.relay.rig;

import dev.sallyport.model.config.EndpointSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server that does what a script says on each connection. What a script throws is kept and fails the test. */
public final class Origin implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();
    private final List<Wire.Request> requests = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** What happens on one connection; it is closed after it. */
    @FunctionalInterface
    public interface Script {
        void run(Wire wire, int number) throws Exception;
    }

    private Origin(Script script) {
        this(script, ServerSocketFactory.getDefault());
    }

    private Origin(Script script, ServerSocketFactory sockets) {
        this(script, sockets, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private Origin(Script script, ServerSocketFactory sockets, InetSocketAddress at) {
        try {
            this.script = script;
            server = sockets.createServerSocket(at.getPort(), 100, at.getAddress());
            Thread.ofVirtual().start(this::accept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param script is run for each connection, with its number from 0 */
    public static Origin scripted(Script script) {
        return new Origin(script);
    }

    /** The same elsewhere than on a port of loopback that is free. */
    public static Origin scripted(InetSocketAddress at, Script script) {
        return new Origin(script, ServerSocketFactory.getDefault(), at);
    }

    /** The same by TLS. */
    public static Origin scripted(SSLContext context, Script script) {
        return new Origin(script, context.getServerSocketFactory());
    }

    /** Answers every request with a response, and keeps the connection. */
    public static Origin answering(String response) {
        return serving((wire, request) -> wire.send(response));
    }

    /** Answers 200 with a body. */
    public static Origin saying(String body) {
        return answering("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Serves one request after another until the peer ends the connection. */
    public static Origin serving(Handler handler) {
        return serving(ServerSocketFactory.getDefault(), handler);
    }

    /** The same by TLS. */
    public static Origin serving(SSLContext context, Handler handler) {
        return serving(context.getServerSocketFactory(), handler);
    }

    /** The same by TLS, with more asked of clients. */
    public static Origin serving(SSLContext context, Consumer<SSLServerSocket> with, Handler handler) {
        Origin origin = serving(context, handler);
        with.accept((SSLServerSocket) origin.server);
        return origin;
    }

    /** Sends a text by TLS when a head has come, and ends the connection below TLS, without its close_notify. */
    public static Origin cutting(SSLContext context, String text) {
        return scripted((wire, number) -> {
            SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(wire.socket(), null, false);
            secure.setUseClientMode(false);
            new Wire(secure).readHead();
            secure.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            secure.getOutputStream().flush();
            wire.endOutput();
            wire.hasNext();
        });
    }

    private static Origin serving(ServerSocketFactory sockets, Handler handler) {
        Origin[] self = new Origin[1];
        Script script = (wire, number) -> {
            while (true) {
                wire.socket().setSoTimeout(0);
                if (!wire.hasNext()) {
                    return;
                }
                wire.socket().setSoTimeout(Wire.PATIENCE_MILLIS);
                Wire.Request request = wire.readRequest();
                self[0].requests.add(request);
                handler.answer(wire, request);
            }
        };
        self[0] = new Origin(script, sockets);
        return self[0];
    }

    /** Answers one request. */
    @FunctionalInterface
    public interface Handler {
        void answer(Wire wire, Wire.Request request) throws Exception;
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    public EndpointSet.Endpoint endpoint() {
        return new EndpointSet.Endpoint("127.0.0.1", server.getLocalPort());
    }

    public String authority() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** How many connections came. */
    public int accepted() {
        return accepted.get();
    }

    /** What {@link #serving} received. */
    public List<Wire.Request> requests() {
        return requests;
    }

    /** Connections that are open now. */
    public int open() {
        return open.size();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                int number = accepted.getAndIncrement();
                Wire wire = new Wire(socket);
                open.add(wire);
                Thread.ofVirtual().start(() -> run(wire, number));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void run(Wire wire, int number) {
        try (wire) {
            script.run(wire, number);
        } catch (Throwable e) {
            if (!closed) {
                failures.add(e);
            }
        } finally {
            open.remove(wire);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(Wire::close);
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError("the script of the origin failed", failures.getFirst());
            throw error;
        }
    }
}
