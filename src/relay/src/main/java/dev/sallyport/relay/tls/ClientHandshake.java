package dev.sallyport.relay.tls;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Begins TLS on a channel that was just connected to an endpoint. The certificate that it shows is checked with the
 * server name before the channel is handed on.
 */
public final class ClientHandshake {
    private static final String HTTP2 = "h2";
    private static final String CLOSED = "The destination closed the connection during the TLS handshake.";

    private final ClientTls tls;
    private final Channel channel;
    private final SslHandler handler;
    private final Listener listener;
    private final Deadline deadline;
    private final Watch watch = new Watch();
    private boolean over;

    private ClientHandshake(Loop loop, ClientTls tls, Channel channel, InetSocketAddress address, Listener listener) {
        this.tls = tls;
        this.channel = channel;
        this.handler = tls.newHandler(channel.alloc(), address);
        this.listener = listener;
        this.deadline = loop.deadline(now ->
                fail(ProxyError.CONNECTION_TIMEOUT, "The destination did not complete the TLS handshake in time."));
    }

    /**
     * Begins.
     *
     * @param giveUp when to stop waiting, a time of {@link System#nanoTime()}
     */
    public static ClientHandshake begin(
            Loop loop, ClientTls tls, Channel channel, InetSocketAddress address, long giveUp, Listener listener) {
        ClientHandshake handshake = new ClientHandshake(loop, tls, channel, address, listener);
        handshake.deadline.set(giveUp);
        channel.pipeline().addFirst(handshake.handler).addLast(handshake.watch);
        handshake.handler.handshakeFuture().addListener(handshake::done);
        channel.read();
        return handshake;
    }

    /** Ends it; the listener hears nothing more. */
    public void cancel() {
        over = true;
        deadline.remove();
        channel.close();
    }

    private void done(Future<?> handshake) {
        if (over) {
            return;
        }
        if (!handshake.isSuccess()) {
            fail(handshake.cause());
            return;
        }
        X509Certificate leaf = SecureSession.peer(handler.engine().getSession());
        // Not left to the library alone, which would also take the subject's common name.
        if (leaf == null || !CertificateNames.of(leaf).cover(tls.serverName())) {
            fail(ProxyError.TLS_CERTIFICATE_ERROR, "The destination's certificate is for other names.");
            return;
        }
        boolean http2 = HTTP2.equals(handler.applicationProtocol());
        if (tls.demandsHttp2() && !http2) {
            fail(ProxyError.TLS_PROTOCOL_ERROR, "The destination does not speak HTTP/2.");
            return;
        }
        over = true;
        deadline.remove();
        channel.pipeline().remove(watch);
        listener.secured(http2);
    }

    private void fail(Throwable cause) {
        if (isOfCertificate(cause)) {
            fail(
                    ProxyError.TLS_CERTIFICATE_ERROR,
                    "The destination's certificate is not valid for what it is used for.");
        } else if (cause instanceof ClosedChannelException || isUnexpectedEnd(cause)) {
            fail(ProxyError.CONNECTION_TERMINATED, CLOSED);
        } else if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("alert")) {
            fail(ProxyError.TLS_ALERT_RECEIVED, "The destination refused the TLS handshake.");
        } else {
            fail(ProxyError.TLS_PROTOCOL_ERROR, "The TLS handshake with the destination failed.");
        }
    }

    private void fail(ProxyError error, String detail) {
        cancel();
        listener.unsecured(error, detail);
    }

    private static boolean isOfCertificate(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof CertificateException || each instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnexpectedEnd(Throwable failure) {
        return failure.getCause() instanceof ClosedChannelException
                || String.valueOf(failure.getMessage()).startsWith("Connection closed while SSL/TLS handshake");
    }

    /** Is told how it went: once, on the loop, unless cancelled before. */
    public interface Listener {
        /**
         * The channel speaks TLS from now on. It does not read yet.
         *
         * @param http2 whether the endpoint chose HTTP/2
         */
        void secured(boolean http2);

        /** It does not, and is closed. */
        void unsecured(ProxyError error, String detail);
    }

    /** Stands behind TLS until it is done: notices that the destination ends, and keeps what fails from the log. */
    private final class Watch extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent && !over) {
                fail(ProxyError.CONNECTION_TERMINATED, CLOSED);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {}
    }
}
