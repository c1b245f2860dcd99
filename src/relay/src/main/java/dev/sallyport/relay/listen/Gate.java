package dev.sallyport.relay.listen;

import dev.sallyport.relay.detect.Entrance;
import dev.sallyport.relay.http.server.Crowd;
import dev.sallyport.relay.http.server.Door;
import dev.sallyport.relay.http.server.Door.Serving;
import dev.sallyport.relay.http.server.Guest;
import dev.sallyport.relay.http.server.Worker;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision.End;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The listening socket of one listener on one loop. Connections that it accepts are served on the same loop. */
final class Gate {
    private static final int BACKLOG = 4096;

    /** Long enough for the loop to accept what waits in the socket's queue. */
    private static final long LAST_CALL_MILLIS = 100;

    private static final Duration MOST_JITTER = Duration.ofSeconds(5);

    private final Worker worker;
    private final Crowd crowd;
    private final Channel socket;
    private Door door;

    private Gate(Worker worker, InetSocketAddress address, boolean shared, Serving serving, Crowd crowd)
            throws IOException {
        this.worker = worker;
        this.crowd = crowd;
        this.door = new Door(worker, serving, crowd);
        this.socket = bind(address, shared);
        boundUnsent();
    }

    /**
     * Binds, but accepts nothing before {@link #open}.
     *
     * @param shared whether the gates of other loops are bound to the same port
     * @param crowd of the clients of all of them
     */
    static Gate bind(Worker worker, InetSocketAddress address, boolean shared, Serving serving, Crowd crowd)
            throws IOException {
        return new Gate(worker, address, shared, serving, crowd);
    }

    private Channel bind(InetSocketAddress address, boolean shared) throws IOException {
        Transport transport = worker.loop().transport();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(worker.loop().thread())
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new AcceptFailures(worker.recorder().metrics()))
                .childOption(ChannelOption.ALLOCATOR, Loop.ALLOCATOR)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        if (door.admits(accepted)) {
                            Entrance.receive(door, accepted);
                        }
                    }
                });
        transport.keepAlive(bootstrap);
        if (shared) {
            bootstrap.option(transport.reusePort(), true);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw bound.cause() instanceof IOException e ? e : new IOException(bound.cause());
        }
        return bound.channel();
    }

    private void boundUnsent() {
        boolean watched = door.serving().listener().limits().bodyMinRate() > 0;
        worker.loop().transport().boundUnsent(socket, watched);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.localAddress();
    }

    Loop loop() {
        return worker.loop();
    }

    /** Lets others bind the same port. */
    void share() {
        socket.config().setOption(worker.loop().transport().reusePort(), true);
    }

    void open() {
        socket.config().setAutoRead(true);
    }

    /** Serves otherwise from now on. On the loop. */
    void serve(Serving next) {
        door.serve(next);
        boundUnsent();
    }

    /**
     * Serves another listener from now on; connections that were accepted for the old one are let go as by {@link
     * #leave}. On the loop.
     */
    void exchange(Serving next, Duration grace) {
        Door old = door;
        door = new Door(worker, next, crowd);
        boundUnsent();
        letGo(old, grace, new CompletableFuture<>());
    }

    /** Serves on, but announces the end of each connection with the next response on it. On the loop. */
    void announceEnd() {
        door.announceEnd();
    }

    /** Closes a socket that was never opened. */
    void discard() {
        socket.close().awaitUninterruptibly();
    }

    /**
     * Accepts what waits already and then nothing more, and lets the connections go: each after the response that is
     * under way, and all that are left when the grace is over. On the loop.
     *
     * @return completes when nothing is left
     */
    CompletableFuture<Void> leave(Duration grace) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        socket.config().setMaxMessagesPerRead(Integer.MAX_VALUE);
        door.drain();
        var unused = worker.loop()
                .thread()
                .schedule(
                        () -> {
                            socket.close();
                            letGo(door, grace, left);
                        },
                        Math.min(LAST_CALL_MILLIS, grace.toMillis()),
                        TimeUnit.MILLISECONDS);
        return left;
    }

    private void letGo(Door leaving, Duration grace, CompletableFuture<Void> left) {
        leaving.drain();
        leaving.whenEmpty(() -> left.complete(null));
        long jitter = Math.min(grace.toMillis() / 4, MOST_JITTER.toMillis());
        var unused = worker.loop()
                .thread()
                .schedule(() -> closeAll(leaving, jitter), grace.toMillis() - jitter, TimeUnit.MILLISECONDS);
    }

    /** Not all at once, as their clients will all come back. */
    private void closeAll(Door leaving, long jitterMillis) {
        for (Guest guest : leaving.guests()) {
            var unused = worker.loop()
                    .thread()
                    .schedule(
                            () -> guest.end(End.DRAIN),
                            worker.loop().random().nextLong(jitterMillis + 1),
                            TimeUnit.MILLISECONDS);
        }
    }
}
