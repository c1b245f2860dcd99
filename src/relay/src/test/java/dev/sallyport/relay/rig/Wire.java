package dev.sallyport.relay.rig;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A socket as a script uses it: text in ISO-8859-1, and nothing blocks for longer than half a minute. */
public final class Wire implements AutoCloseable {
    public static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    public Wire(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Wire to(InetSocketAddress address) {
        try {
            Socket socket = new Socket();
            socket.connect(address, PATIENCE_MILLIS);
            return new Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection by TLS, whose handshake is done with the next byte either way. */
    public static Wire to(InetSocketAddress address, SSLContext context, UnaryOperator<SSLParameters> with) {
        try {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
            socket.connect(address, PATIENCE_MILLIS);
            socket.setSSLParameters(with.apply(socket.getSSLParameters()));
            return new Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Socket socket() {
        return socket;
    }

    public Wire send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Wire send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends our side. */
    public Wire endOutput() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes with RST. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Exactly as many bytes. */
    public String read(int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("ended after " + text(bytes));
            }
            return text(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Up to and with {@code end}. */
    public String readUntil(String end) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (!text(bytes.toByteArray()).endsWith(end)) {
                int octet = in.read();
                if (octet < 0) {
                    throw new EOFException("ended after " + text(bytes.toByteArray()));
                }
                bytes.write(octet);
            }
            return text(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All until the peer ends its side. */
    public String readAll() {
        try {
            return text(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the peer to end: true when it did so properly, false when it reset. Fails when it sends a byte. */
    public boolean ends() {
        try {
            int octet = in.read();
            if (octet >= 0) {
                throw new AssertionError("the peer sent " + (char) octet + text(in.readNBytes(in.available())));
            }
            return true;
        } catch (SocketException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the next byte, which is left; false when the peer ended or reset. */
    public boolean hasNext() {
        try {
            in.mark(1);
            int octet = in.read();
            if (octet >= 0) {
                in.reset();
            }
            return octet >= 0;
        } catch (SocketException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String readHead() {
        return readUntil("\r\n\r\n");
    }

    /** A whole response to a request other than HEAD. */
    public Response readResponse() {
        return readResponse(false);
    }

    /** A whole response. */
    public Response readResponse(boolean toHead) {
        String head = readHead();
        Map<String, String> fields = fields(head);
        int status = Integer.parseInt(head.substring(9, 12));
        String body;
        if (toHead || status < 200 || status == 204 || status == 304) {
            body = "";
        } else if (fields.containsKey("content-length")) {
            body = read(Integer.parseInt(fields.get("content-length")));
        } else if ("chunked".equals(fields.get("transfer-encoding"))) {
            body = readChunked();
        } else {
            body = readAll();
        }
        return new Response(status, head, fields, body);
    }

    /** A chunked body. */
    public String readChunked() {
        StringBuilder body = new StringBuilder();
        while (true) {
            int length = Integer.parseInt(readUntil("\r\n").strip(), 16);
            body.append(read(length));
            if (!read(2).equals("\r\n")) {
                throw new AssertionError("a chunk does not end where it says");
            }
            if (length == 0) {
                return body.toString();
            }
        }
    }

    /** A request with whatever body it declares. */
    public Request readRequest() {
        String head = readHead();
        Map<String, String> fields = fields(head);
        String body = "";
        if (fields.containsKey("content-length")) {
            body = read(Integer.parseInt(fields.get("content-length")));
        } else if (fields.containsKey("transfer-encoding")) {
            body = readChunked();
        }
        return new Request(head, head.substring(0, head.indexOf("\r\n")), fields, body);
    }

    private static Map<String, String> fields(String head) {
        Map<String, String> fields = new TreeMap<>();
        head.lines().skip(1).filter(line -> !line.isEmpty()).forEach(line -> {
            int colon = line.indexOf(':');
            fields.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (one, other) -> one + ", " + other);
        });
        return fields;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    public record Response(int status, String head, Map<String, String> fields, String body) {
        public String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    public record Request(String head, String line, Map<String, String> fields, String body) {
        public String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }
}
