package dev.sallyport.relay.http.server;

import dev.sallyport.model.address.IpAddress;
import dev.sallyport.model.address.Prefix;
import dev.sallyport.model.address.PrefixSet;
import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.ProxyProtocolSource;
import dev.sallyport.model.config.RoleKind;
import dev.sallyport.model.role.Role;
import dev.sallyport.relay.record.ClientFault;
import dev.sallyport.relay.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One listener as one loop sees it: what it serves at the moment, and its open connections. To be used on that loop
 * alone. A request is served by what the door says when its head is complete, to its end.
 */
public final class Door {
    private final Worker worker;
    private final Crowd crowd;
    private final Set<Guest> open = new HashSet<>();
    private Serving serving;
    private PrefixSet proxies;
    private boolean leaving;
    private boolean closing;
    private @Nullable Runnable emptied;

    /** @param crowd at the same place, on all loops */
    public Door(Worker worker, Serving serving, Crowd crowd) {
        this.worker = worker;
        this.crowd = crowd;
        this.serving = serving;
        this.proxies = proxies(serving.listener());
    }

    private static PrefixSet proxies(Listener listener) {
        ProxyProtocolSource source = listener.proxyProtocol();
        return source == null
                ? PrefixSet.EMPTY
                : new PrefixSet(source.trusted().stream().map(Prefix::parse).toList());
    }

    /** From now on new requests are served otherwise; connections stay. */
    public void serve(Serving next) {
        serving = next;
        proxies = proxies(next.listener());
    }

    /** From now on each response announces that its connection ends with it; other connections stay open. */
    public void announceEnd() {
        leaving = true;
    }

    /** From now on no connection gets another request: idle ones are closed, the others after their response. */
    public void drain() {
        closing = true;
        List.copyOf(open).forEach(Guest::drain);
    }

    /** Runs {@code task} once when no connection is open, perhaps at once. To be called when none is accepted any more. */
    public void whenEmpty(Runnable task) {
        if (open.isEmpty()) {
            task.run();
        } else {
            emptied = task;
        }
    }

    /** Who is in now. */
    public List<Guest> guests() {
        return List.copyOf(open);
    }

    public Worker worker() {
        return worker;
    }

    public Serving serving() {
        return serving;
    }

    /** Whether the response that begins now is to be the last of its connection. */
    boolean leaving() {
        return leaving || closing;
    }

    /** Whether connections end as soon as nothing is asked of them. */
    public boolean closing() {
        return closing;
    }

    /** Whether PROXY headers are believed that come from an address. */
    public boolean believes(IpAddress peer) {
        return proxies.contains(peer);
    }

    /** Counts what a client of this listener did. */
    public void fault(ClientFault fault) {
        worker.recorder().metrics().fault(serving.listener().role(), fault);
    }

    /**
     * Whether there is room for a connection that was just accepted. If not, that is counted and the connection closed.
     */
    public boolean admits(SocketChannel channel) {
        if (worker.loop().tooMuchFor(channel)) {
            return turnsAway(channel, ClientFault.OVERLOAD);
        }
        if (!crowd.enter(serving.listener().limits().connections())) {
            return turnsAway(channel, ClientFault.TOO_MANY_CONNECTIONS);
        }
        channel.closeFuture().addListener(closed -> crowd.leave());
        return true;
    }

    /**
     * The same for one more connection of a client, as soon as its address is known: where a PROXY header tells it, that
     * is not the one that connected.
     */
    public boolean admits(Channel channel, InetAddress client) {
        if (!crowd.enter(client, serving.listener().limits().connectionsPerAddress())) {
            return turnsAway(channel, ClientFault.TOO_MANY_CONNECTIONS_OF_ADDRESS);
        }
        channel.closeFuture().addListener(closed -> crowd.leave(client));
        return true;
    }

    private boolean turnsAway(Channel channel, ClientFault why) {
        fault(why);
        channel.close();
        return false;
    }

    /** A connection was accepted. */
    public void opened(Guest guest) {
        open.add(guest);
        worker.recorder().metrics().connectionOpened(serving.listener().role());
    }

    /** Another serves a connection from now on. */
    public void handedOver(Guest before, Guest after) {
        open.remove(before);
        open.add(after);
    }

    /** A connection has ended. */
    public void closed(Guest guest) {
        if (open.remove(guest)) {
            worker.recorder().metrics().connectionClosed(serving.listener().role());
            if (open.isEmpty() && emptied != null) {
                emptied.run();
                emptied = null;
            }
        }
    }

    /**
     * What a listener serves: its configuration, and the role that decides for it.
     *
     * @param tls null: without TLS
     */
    public record Serving(
            Listener listener, Role role, @Nullable ServerTls tls) {
        /** Whether paths are brought into their normal form before anything is decided: where the relay stands for the origin. */
        boolean normalizesPaths() {
            return listener.role() == RoleKind.REVERSE;
        }

        /** What tells this listener's answers from those of other relays on the way: the role, and the object whose policy it is. */
        String hop() {
            return switch (listener.role()) {
                case FORWARD -> "forward " + listener.policy();
                case REVERSE -> "reverse " + listener.policy();
            };
        }
    }
}
