package dev.sallyport.relay.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The loops of one relay, as many for its whole life. */
public final class Loops {
    /** None at all. */
    public static final Loops NONE = new Loops(List.of(), List.of());

    private final List<EventLoopGroup> groups;
    private final List<Loop> loops;

    private Loops(List<EventLoopGroup> groups, List<Loop> loops) {
        this.groups = groups;
        this.loops = loops;
    }

    /** Starts {@code count} loops, at least one. */
    public static Loops start(int count, Transport transport) {
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("loop"), transport.handlers());
        Descriptors descriptors = Descriptors.ofProcess();
        Pipes pipes = new Pipes(descriptors.most());
        List<Loop> loops = new ArrayList<>(count);
        for (EventExecutor thread : group) {
            loops.add(new Loop((EventLoop) thread, transport, descriptors, pipes));
        }
        return new Loops(List.of(group), List.copyOf(loops));
    }

    public List<Loop> all() {
        return loops;
    }

    /** Runs {@code task} once on each loop and waits until all are done. Not to be called on a loop. */
    public void runOnEach(Consumer<Loop> task) {
        CompletableFuture<?>[] done = loops.stream()
                .map(loop -> CompletableFuture.runAsync(() -> task.accept(loop), loop.thread()))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(done).join();
    }

    /** Ends all loops; what is still open on them is closed. Completes when the threads have ended. */
    public CompletableFuture<Void> stop() {
        return CompletableFuture.allOf(groups.stream().map(Loops::stop).toArray(CompletableFuture[]::new));
    }

    private static CompletableFuture<Void> stop(EventLoopGroup group) {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(future -> stopped.complete(null));
        return stopped;
    }
}
