package dev.sallyport.relay.upstream.endpoints;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An API server that the test plays: it takes each request and answers with the bytes that it likes. */
final class ScriptedApi implements AutoCloseable {
    private final ServerSocket server;
    private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final List<Call> taken = new ArrayList<>();

    ScriptedApi() throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    ScriptedApi(ServerSocket server) {
        this.server = server;
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> read(socket));
                } catch (IOException e) {
                    // closed, or a failed handshake
                }
            }
        });
    }

    private void read(Socket socket) {
        try {
            calls.add(Call.read(socket));
        } catch (IOException | RuntimeException e) {
            // The client went away.
        }
    }

    int port() {
        return server.getLocalPort();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The next request. */
    Call take() throws InterruptedException {
        Call call = calls.poll(60, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no request came");
        }
        taken.add(call);
        return call;
    }

    /** The next request, which must be for a list. */
    Call takeList() throws InterruptedException {
        Call call = take();
        if (call.isWatch()) {
            throw new AssertionError("a watch where a list was expected: " + call.target());
        }
        return call;
    }

    /** The next request, which must be for a watch from {@code version} on. */
    Call takeWatch(String version) throws InterruptedException {
        Call call = take();
        if (!call.isWatch()
                || !call.target().contains("&resourceVersion=" + version + "&")
                        && !call.target().endsWith("&resourceVersion=" + version)) {
            throw new AssertionError("no watch from " + version + ": " + call.target());
        }
        return call;
    }

    boolean isQuiet() {
        return calls.isEmpty();
    }

    @Override
    public void close() throws IOException {
        server.close();
        calls.forEach(Call::cut);
        taken.forEach(Call::cut);
    }

    /** A request that waits for its answer. */
    record Call(Socket socket, String target, String authorization) {
        static Call read(Socket socket) throws IOException {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String target = in.readLine().split(" ")[1];
            String authorization = "";
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("authorization: ")) {
                    authorization = line.substring("authorization: ".length());
                }
            }
            return new Call(socket, target, authorization);
        }

        boolean isWatch() {
            return target.contains("watch=1");
        }

        /** A whole answer. */
        void answer(int status, String body) throws IOException {
            byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            write("HTTP/1.1 " + status + " Whatever\r\nContent-Length: " + bytes.length
                    + "\r\nConnection: close\r\n\r\n");
            socket.getOutputStream().write(bytes);
            cut();
        }

        /** Begins an answer of chunks. */
        void begin() throws IOException {
            write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        /** One chunk, single quotes standing for double ones. */
        void chunk(String part) throws IOException {
            String json = part.replace('\'', '"');
            write(Integer.toHexString(json.length()) + "\r\n" + json + "\r\n");
        }

        /** Ends an answer of chunks as it should. */
        void end() throws IOException {
            write("0\r\n\r\n");
            cut();
        }

        /** Closes the connection. */
        void cut() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void write(String raw) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(raw.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }
}
