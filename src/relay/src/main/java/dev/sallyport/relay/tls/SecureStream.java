package dev.sallyport.relay.tls;

import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A client's end of TLS over a connection that blocks, for control threads: no loop is needed, and none is held up. For
 * one thread at a time. How long it waits is up to the streams below.
 */
public final class SecureStream extends InputStream {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final String serverName;
    private final InputStream in;
    private final OutputStream out;
    /** What came, ready to be taken from; as {@code plain}. */
    private final ByteBuffer received;

    private final ByteBuffer plain;
    private final ByteBuffer outgoing;

    SecureStream(SSLEngine engine, String serverName, InputStream in, OutputStream out) {
        this.engine = engine;
        this.serverName = serverName;
        this.in = in;
        this.out = out;
        int record = engine.getSession().getPacketBufferSize();
        this.received = ByteBuffer.allocate(record).flip();
        this.plain = ByteBuffer.allocate(record).flip();
        this.outgoing = ByteBuffer.allocate(record);
    }

    /**
     * Goes through the handshake, and checks the server's certificate with its name.
     *
     * @throws IOException when it fails, with a message for people
     */
    public void handshake() throws IOException {
        try {
            engine.beginHandshake();
            while (negotiate()) {
                if (!receive()) {
                    throw new EOFException("the connection was closed during the TLS handshake");
                }
            }
            X509Certificate leaf = SecureSession.peer(engine.getSession());
            // As for clusters: the library alone would also take the subject's common name.
            if (leaf == null || !CertificateNames.of(leaf).cover(serverName)) {
                throw new SSLPeerUnverifiedException("the certificate is not for " + serverName);
            }
        } catch (SSLException e) {
            sendAlert();
            throw new IOException("the TLS handshake failed: " + reason(e), e);
        }
    }

    /** Sends all of {@code bytes}. */
    public void write(byte[] bytes) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(bytes);
        while (data.hasRemaining()) {
            send(data);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** As ever; the end of the stream is told alike whether the server announced it or the connection just ended. */
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (!plain.hasRemaining()) {
            if (!receive()) {
                return -1;
            }
            negotiate();
        }
        int count = Math.min(length, plain.remaining());
        plain.get(into, offset, count);
        return count;
    }

    /** Lets go of the native memory. The connection is its owner's. */
    @Override
    public void close() {
        ReferenceCountUtil.release(engine);
    }

    /** Does all that can be done without the server; whether the handshake needs something of it then. */
    private boolean negotiate() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> send(NOTHING);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    return true;
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return false;
                }
            }
        }
    }

    private void send(ByteBuffer data) throws IOException {
        outgoing.clear();
        engine.wrap(data, outgoing);
        out.write(outgoing.array(), 0, outgoing.position());
    }

    /** Opens at most one record, for which it waits when there is none; false at the end of the stream. */
    private boolean receive() throws IOException {
        plain.clear();
        SSLEngineResult opened;
        try {
            opened = engine.unwrap(received, plain);
        } finally {
            plain.flip();
        }
        return switch (opened.getStatus()) {
            case OK -> true;
            case CLOSED -> false;
            case BUFFER_UNDERFLOW -> fill();
            case BUFFER_OVERFLOW -> throw new SSLException("a record is longer than records may be");
        };
    }

    private boolean fill() throws IOException {
        received.compact();
        try {
            int count = in.read(received.array(), received.position(), received.remaining());
            if (count > 0) {
                received.position(received.position() + count);
            }
            return count > 0;
        } finally {
            received.flip();
        }
    }

    /** So that the server's log says why, too; it may be gone already. */
    private void sendAlert() {
        try {
            engine.closeOutbound();
            send(NOTHING);
        } catch (IOException e) {
            // What failed first is told.
        }
    }

    private static String reason(SSLException failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof CertificateException) {
                return "the certificate is not valid: " + each.getMessage();
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
