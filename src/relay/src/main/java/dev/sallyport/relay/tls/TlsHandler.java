package dev.sallyport.relay.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;

/**
 * Netty's handler, made safe against those who write and flush when they are told that a channel is writable again: that
 * is told in the midst of encrypting, where another flush would encrypt what was written later first.
 */
final class TlsHandler extends SslHandler {
    private boolean flushing;
    private boolean again;

    /** @param made by the library for the connection, which is given up for this one */
    TlsHandler(SslHandler made) {
        super(made.engine());
        // Who begins the handshake has a deadline of its own for the whole.
        setHandshakeTimeoutMillis(0);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) throws Exception {
        again = true;
        if (flushing) {
            return;
        }
        flushing = true;
        try {
            while (again) {
                again = false;
                super.flush(ctx);
            }
        } finally {
            flushing = false;
        }
    }
}
