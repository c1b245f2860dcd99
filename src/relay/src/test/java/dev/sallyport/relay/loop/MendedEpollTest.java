package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Origin;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Netty's own handler gets wrong. */
class MendedEpollTest {
    private static final int ROUNDS = 10;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, MendedEpoll.factory());

    @AfterEach
    void endLoops() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** Of two connections that have something to say at once, the first closes the other, whose number a new one gets. */
    @Test
    void tellsAConnectionNothingThatWasMeantForTheOneBefore() throws Exception {
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch waiting = new CountDownLatch(1);
            CountDownLatch said = new CountDownLatch(2);
            try (Origin ending = Origin.scripted((wire, number) -> {
                        waiting.await();
                        wire.send("x").endOutput();
                        said.countDown();
                        wire.hasNext();
                    });
                    Origin staying = Origin.scripted((wire, number) -> wire.hasNext())) {
                CompletableFuture<Successor> made = new CompletableFuture<>();
                First one = new First(staying, made);
                First other = new First(staying, made);
                Channel channel = connect(ending, one).sync().channel();
                one.other = connect(ending, other).sync().channel();
                other.other = channel;
                List<Integer> numbers = List.of(number(channel), number(one.other));
                Await.until("both are accepted", () -> ending.open() == 2);
                loops.execute(() -> {
                    channel.read();
                    one.other.read();
                    waiting.countDown();
                    Await.until("both have something to say", () -> said.getCount() == 0);
                });
                Successor successor = made.get(30, TimeUnit.SECONDS);
                Channel after = successor.connected.sync().channel();
                taken += numbers.contains(number(after)) ? 1 : 0;
                assertThat(successor.told).isEmpty();
                assertThat(((EpollSocketChannel) after).isInputShutdown()).isFalse();
                after.close().sync();
                channel.close().sync();
                one.other.close().sync();
            }
        }
        assertThat(taken).as("numbers that went from one to another").isPositive();
    }

    private ChannelFuture connect(Origin origin, ChannelHandler handler) {
        return new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(handler)
                .connect(origin.address());
    }

    private static int number(Channel channel) {
        return ((EpollSocketChannel) channel).fd().intValue();
    }

    private final class First extends ChannelInboundHandlerAdapter {
        private final Origin next;
        private final CompletableFuture<Successor> made;
        private volatile Channel other;

        First(Origin next, CompletableFuture<Successor> made) {
            this.next = next;
            this.made = made;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object data) {
            ReferenceCountUtil.release(data);
            if (!made.isDone()) {
                other.close();
                Successor successor = new Successor();
                successor.connected = connect(next, successor);
                made.complete(successor);
            }
        }
    }

    private static final class Successor extends ChannelInboundHandlerAdapter {
        private final Queue<Object> told = new ConcurrentLinkedQueue<>();
        private volatile ChannelFuture connected;

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            told.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            told.add(cause);
        }
    }
}
