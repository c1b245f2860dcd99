package dev.sallyport.relay.listen;

import dev.sallyport.relay.record.LoopMetrics;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of a listening socket when a connection cannot be accepted, above all as no file descriptor is left: it
 * rests for a moment, as the connection goes on waiting and the loop would try again and again at once.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(AcceptFailures.class);

    static final long REST_MILLIS = 250;
    private static final long BETWEEN_LINES_NANOS = 60_000_000_000L;

    private final LoopMetrics metrics;
    private boolean said;
    private long saidAt;

    AcceptFailures(LoopMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        metrics.acceptFailed();
        long now = System.nanoTime();
        if (!said || now - saidAt > BETWEEN_LINES_NANOS) {
            said = true;
            saidAt = now;
            LOG.warn("connections cannot be accepted at the moment: {}", cause.getMessage());
        }
        if (ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            var unused = ctx.executor()
                    .schedule(() -> ctx.channel().config().setAutoRead(true), REST_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
