package dev.sallyport.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.record.Metrics;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
    @Test
    void aSocketRestsBeforeItTriesAgain() {
        Metrics metrics = new Metrics();
        EmbeddedChannel socket = new EmbeddedChannel(new AcceptFailures(metrics.forLoop()));
        socket.freezeTime();
        socket.config().setAutoRead(true);
        socket.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        socket.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        socket.checkException();
        assertThat(socket.config().isAutoRead()).isFalse();
        assertThat(metrics.text()).contains("sallyport_accept_failures_total 2\n");
        socket.advanceTimeBy(AcceptFailures.REST_MILLIS, TimeUnit.MILLISECONDS);
        socket.runScheduledPendingTasks();
        assertThat(socket.config().isAutoRead()).isTrue();
        socket.close();
    }
}
