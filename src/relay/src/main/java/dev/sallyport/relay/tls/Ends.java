package dev.sallyport.relay.tls;

import dev.sallyport.relay.loop.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;

/** How the halves of a connection end, with TLS or without. */
public final class Ends {
    private Ends() {}

    /** What an event of a channel says of the peer's half. */
    public enum Input {
        /** Nothing. */
        GOES_ON,
        /** The peer has said all it had to say. */
        ENDED,
        /** The peer's half ended without its saying so (RFC 8446, section 6.1): something may be missing. */
        CUT;

        /** Reads an event; after {@link #ENDED} others may follow that say nothing new. */
        public static Input of(Channel channel, Object event) {
            return switch (event) {
                case SslCloseCompletionEvent closed -> closed.isSuccess() ? ENDED : GOES_ON;
                case ChannelInputShutdownEvent shut -> isRaw(channel) ? ENDED : CUT;
                default -> GOES_ON;
            };
        }
    }

    private static boolean isRaw(Channel channel) {
        return channel.pipeline().get(SslHandler.class) == null;
    }

    /** Ends our half, after what was flushed. Without TLS, the channel closes when the peer ends its half after that. */
    public static void endOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            Transport.endOutput((SocketChannel) channel);
        } else {
            tls.closeOutbound().addListener(told -> ((DuplexChannel) channel).shutdownOutput());
        }
    }

    /** Closes so that the peer sees that its stream was cut: without a word of TLS, and with a reset. */
    public static void cut(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            // From the first handler on, which TLS is, if any.
            channel.pipeline().firstContext().close();
        }
    }

    /** Whether a failure of a channel is the peer's, or the network's, and none of the relay's. */
    public static boolean isOutside(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof DecoderException && failure.getCause() instanceof IOException;
    }
}
