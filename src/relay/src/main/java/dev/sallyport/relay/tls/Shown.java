package dev.sallyport.relay.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.security.SecureRandom;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One certificate of a listener, with the library's context for it and the tickets of its sessions. */
final class Shown {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Identity identity;
    private final SslContext context;
    private final @Nullable Tickets<OpenSslSessionTicketKey> tickets;

    private Shown(Identity identity, SslContext context) {
        this.identity = identity;
        this.context = context;
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            // Sessions live in tickets alone, so that memory does not grow with clients.
            sessions.setSessionCacheEnabled(false);
            tickets = new Tickets<>(Shown::key, System.nanoTime());
            sessions.setTicketKeys(keys(tickets));
        } else {
            tickets = null;
        }
    }

    static Shown of(Identity identity, SslContextBuilder builder) throws SSLException {
        return new Shown(identity, builder.build());
    }

    Identity identity() {
        return identity;
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        if (tickets != null && tickets.turn(System.nanoTime())) {
            ((OpenSslServerSessionContext) context.sessionContext()).setTicketKeys(keys(tickets));
        }
        return new TlsHandler(context.newHandler(allocator));
    }

    void release() {
        ReferenceCountUtil.release(context);
    }

    private static OpenSslSessionTicketKey[] keys(Tickets<OpenSslSessionTicketKey> tickets) {
        return tickets.keys().toArray(OpenSslSessionTicketKey[]::new);
    }

    private static OpenSslSessionTicketKey key() {
        return new OpenSslSessionTicketKey(
                random(OpenSslSessionTicketKey.NAME_SIZE),
                random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                random(OpenSslSessionTicketKey.AES_KEY_SIZE));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
