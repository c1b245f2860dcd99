package dev.sallyport.relay.loop;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** One event loop: a thread, its deadlines, its source of random numbers. Its methods are for its own thread, except where said. */
public final class Loop {
    /**
     * Pooled, as the adaptive allocator, which is Netty's default, grows without need under a proxy's load. One for the
     * process: its caches are per thread.
     */
    public static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final EventLoop thread;
    private final Transport transport;
    private final Deadlines deadlines;
    private final RandomGenerator random = new SplittableRandom();

    Loop(EventLoop thread, Transport transport) {
        this.thread = thread;
        this.transport = transport;
        this.deadlines = new Deadlines(System.nanoTime());
        var unused = thread.scheduleAtFixedRate(
                () -> deadlines.advance(System.nanoTime()), Deadlines.TICK, Deadlines.TICK, TimeUnit.NANOSECONDS);
    }

    public EventLoop thread() {
        return thread;
    }

    public Transport transport() {
        return transport;
    }

    /** A deadline of this loop, not set yet. */
    public Deadline deadline(Deadlines.Expiry expiry) {
        return deadlines.deadline(expiry);
    }

    public RandomGenerator random() {
        return random;
    }

    /** Runs {@code task} on this loop, at once when called there. From any thread. */
    public void run(Runnable task) {
        if (thread.inEventLoop()) {
            task.run();
        } else {
            thread.execute(task);
        }
    }

    /** What a connection out of this loop begins with: it reads only when asked to, and either side may end first. */
    public Bootstrap connector() {
        return new Bootstrap()
                .group(thread)
                .channel(transport.socket())
                .option(ChannelOption.ALLOCATOR, ALLOCATOR)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true);
    }
}
