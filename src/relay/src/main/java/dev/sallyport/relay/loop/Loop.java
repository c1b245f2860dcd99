package dev.sallyport.relay.loop;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.PlatformDependent;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** One event loop: a thread, its deadlines, its source of random numbers. Its methods are for its own thread, except where said. */
public final class Loop {
    /**
     * Pooled, as the adaptive allocator, which is Netty's default, grows without need under a proxy's load. One for the
     * process: its caches are per thread.
     */
    public static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    /** Above as much of its memory in use, new clients are turned away so that those who are there can be served. */
    private static final long MOST_BUFFERS = PlatformDependent.maxDirectMemory() / 4 * 3;

    private final EventLoop thread;
    private final Transport transport;
    private final Descriptors descriptors;
    private final Pipes pipes;
    private final Deadlines deadlines;
    private final Strain strain;
    private final Round round;
    private final RandomGenerator random = Chance.source();

    Loop(EventLoop thread, Transport transport, Descriptors descriptors, Pipes pipes) {
        this.thread = thread;
        this.transport = transport;
        this.descriptors = descriptors;
        this.pipes = pipes;
        long now = System.nanoTime();
        this.deadlines = new Deadlines(now);
        this.round = new Round(thread);
        this.strain = new Strain(now, Loop::bufferBytes, MOST_BUFFERS);
        var unused = thread.scheduleWithFixedDelay(this::tick, Deadlines.TICK, Deadlines.TICK, TimeUnit.NANOSECONDS);
    }

    /** What is held is known at once, and says enough as long as it is little; what of it is in use must be summed up. */
    private static long bufferBytes() {
        long held = PlatformDependent.usedDirectMemory();
        return held >= 0 && held <= MOST_BUFFERS ? held : PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
    }

    private void tick() {
        long now = System.nanoTime();
        strain.tick(now, Deadlines.TICK);
        deadlines.advance(now);
    }

    /** Whether there is so much to do that a client that was just accepted should be turned away. */
    public boolean tooMuchFor(SocketChannel accepted) {
        return strain.tooMuch() || descriptors.tooMany(transport.descriptor(accepted));
    }

    public EventLoop thread() {
        return thread;
    }

    public Transport transport() {
        return transport;
    }

    /** The pipes of all loops. */
    public Pipes pipes() {
        return pipes;
    }

    /** A deadline of this loop, not set yet. */
    public Deadline deadline(Deadlines.Expiry expiry) {
        return deadlines.deadline(expiry);
    }

    /** What this loop does now; to be used on it. */
    public Round round() {
        return round;
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

    /**
     * Connects from this loop, however long that takes. The connection reads only when asked to, and either side may end
     * first.
     *
     * @param handler of its pipeline
     * @throws ChannelException when there is no socket to be had
     */
    public ChannelFuture connect(InetSocketAddress address, ChannelHandler handler) {
        SocketChannel channel = transport.socket(address.getAddress());
        channel.config()
                .setAllocator(ALLOCATOR)
                .setConnectTimeoutMillis(0)
                .setAutoRead(false)
                .setAutoClose(false)
                .setAllowHalfClosure(true)
                .setKeepAlive(true);
        channel.pipeline().addLast(handler);
        ChannelFuture registered = thread.register(channel);
        return registered.isSuccess() ? channel.connect(address) : registered;
    }
}
