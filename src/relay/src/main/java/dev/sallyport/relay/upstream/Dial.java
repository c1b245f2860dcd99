package dev.sallyport.relay.upstream;

import dev.sallyport.model.role.ProxyError;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of several addresses that answers. They are tried in order: the next one as soon as one
 * failed, or beside it when it did not answer for a while (RFC 8305, section 5).
 */
final class Dial {
    /** RFC 8305's "Connection Attempt Delay". */
    private static final long STAGGER_NANOS = 250_000_000;

    private final Loop loop;
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final Listener listener;
    private final Deadline deadline;
    private final long giveUp;
    private final List<ChannelFuture> attempts = new ArrayList<>();
    private boolean moreComes;
    private int next;
    private int failed;
    private boolean over;
    private @Nullable Throwable cause;

    /**
     * @param addresses at least one
     * @param giveUp when to stop trying, a time of {@link System#nanoTime()}
     */
    Dial(Loop loop, List<InetSocketAddress> addresses, long giveUp, Listener listener) {
        this(loop, addresses, false, giveUp, listener);
    }

    /** As above; when more comes, {@link #more} must be called. */
    Dial(Loop loop, List<InetSocketAddress> addresses, boolean moreComes, long giveUp, Listener listener) {
        this.loop = loop;
        this.addresses.addAll(addresses);
        this.moreComes = moreComes;
        this.listener = listener;
        this.deadline = loop.deadline(this::passed);
        this.giveUp = giveUp;
    }

    /** Begins. The listener may hear within the call that it is over: whoever keeps the dial has it before. */
    void begin() {
        attempt();
    }

    /** The rest of the addresses, perhaps none: tried next, and at once when all others have failed. */
    void more(List<InetSocketAddress> rest) {
        if (over) {
            return;
        }
        moreComes = false;
        boolean idle = failed == addresses.size();
        boolean waits = next == addresses.size();
        addresses.addAll(rest);
        if (idle) {
            goOn();
        } else if (waits && !rest.isEmpty()) {
            setNext();
        }
    }

    /** Ends it; the listener hears nothing more. */
    void cancel() {
        over = true;
        deadline.remove();
        for (ChannelFuture attempt : attempts) {
            attempt.channel().close();
        }
    }

    private void attempt() {
        InetSocketAddress address = addresses.get(next++);
        setNext();
        try {
            ChannelFuture attempt = loop.connect(address, Waiting.INSTANCE);
            attempts.add(attempt);
            attempt.addListener(done -> answered(attempt, address));
        } catch (ChannelException e) {
            failed(e);
        }
    }

    private void answered(ChannelFuture attempt, InetSocketAddress address) {
        if (over) {
            attempt.channel().close();
        } else if (attempt.isSuccess()) {
            attempts.remove(attempt);
            cancel();
            listener.dialled(attempt.channel(), address);
        } else {
            failed(attempt.cause());
        }
    }

    private void failed(Throwable why) {
        cause = why;
        failed++;
        goOn();
    }

    private void goOn() {
        if (next < addresses.size()) {
            attempt();
        } else if (failed == addresses.size() && !moreComes) {
            Throwable last = Objects.requireNonNull(cause);
            cancel();
            listener.unreachable(error(last), detail(last));
        }
    }

    private void setNext() {
        long later = System.nanoTime() + STAGGER_NANOS;
        deadline.set(next < addresses.size() && later < giveUp ? later : giveUp);
    }

    private void passed(long now) {
        if (next < addresses.size() && now < giveUp) {
            attempt();
        } else {
            cancel();
            listener.unreachable(ProxyError.CONNECTION_TIMEOUT, "The destination did not answer in time.");
        }
    }

    private static ProxyError error(Throwable cause) {
        return switch (cause) {
            case NoRouteToHostException e -> ProxyError.DESTINATION_IP_UNROUTABLE;
            case ConnectException e -> ProxyError.CONNECTION_REFUSED;
            default -> ProxyError.DESTINATION_UNAVAILABLE;
        };
    }

    private static String detail(Throwable cause) {
        return switch (cause) {
            case NoRouteToHostException e -> "There is no route to the destination.";
            case ConnectException e -> "The destination refused the connection.";
            default -> "The destination could not be reached.";
        };
    }

    /** Is told how it went: once, on the loop, unless cancelled before. */
    interface Listener {
        /** Connected. The channel does not read yet and is the listener's to close. */
        void dialled(Channel channel, InetSocketAddress address);

        void unreachable(ProxyError error, String detail);
    }

    /** Stands in a pipeline until the owner of the connection takes its place. */
    @ChannelHandler.Sharable
    private static final class Waiting extends ChannelHandlerAdapter {
        static final Waiting INSTANCE = new Waiting();
    }
}
