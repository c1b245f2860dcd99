package dev.sallyport.relay.listen;

import dev.sallyport.model.config.Listener;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.relay.http.server.Crowd;
import dev.sallyport.relay.http.server.Door.Serving;
import dev.sallyport.relay.http.server.Worker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The gates of one listener, one on each loop, all at one place. For one control thread at a time. */
final class Gates {
    private final List<Gate> gates;
    private Listener listener;

    private Gates(Listener listener, List<Gate> gates) {
        this.listener = listener;
        this.gates = gates;
    }

    /**
     * Binds a port on all loops. With several of them the kernel would let anybody of the same user join in, so the
     * port is first bound by nobody else to see that it is free, unless that is known.
     *
     * @param leaving are about to leave the port, on all addresses or one of them, and share it until then
     * @throws IOException when the port cannot be had; then none of it is
     */
    static Gates bind(List<Worker> workers, Serving serving, List<Gates> leaving) throws IOException {
        Listener listener = serving.listener();
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(listener.address()), listener.port());
        boolean shared = workers.size() > 1 || !leaving.isEmpty();
        leaving.forEach(Gates::share);
        Crowd crowd = new Crowd();
        List<Gate> gates = new ArrayList<>(workers.size());
        try {
            InetSocketAddress free = shared && leaving.isEmpty() ? probe(address) : address;
            for (Worker worker : workers) {
                gates.add(Gate.bind(worker, free, shared, serving, crowd));
            }
        } catch (IOException e) {
            gates.forEach(Gate::discard);
            throw e;
        }
        return new Gates(listener, gates);
    }

    private static InetSocketAddress probe(InetSocketAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
            return new InetSocketAddress(address.getAddress(), probe.getLocalPort());
        }
    }

    private void share() {
        gates.forEach(Gate::share);
    }

    Listener listener() {
        return listener;
    }

    /** Where it is bound. */
    InetSocketAddress address() {
        return gates.getFirst().address();
    }

    void open() {
        gates.forEach(Gate::open);
    }

    void discard() {
        gates.forEach(Gate::discard);
    }

    /** Serves otherwise from now on. Connections stay unless they were accepted for another listener or role. */
    void serve(Serving next, Duration grace) {
        Listener before = listener;
        listener = next.listener();
        boolean same = before.name().equals(listener.name())
                && before.role() == listener.role()
                && isTransparent(before) == isTransparent(listener);
        for (Gate gate : gates) {
            gate.loop().run(() -> {
                if (same) {
                    gate.serve(next);
                } else {
                    gate.exchange(next, grace);
                }
            });
        }
    }

    private static boolean isTransparent(Listener listener) {
        return listener.protocols().contains(Protocol.TRANSPARENT);
    }

    /** As {@link Gate#announceEnd}, soon. */
    void announceEnd() {
        gates.forEach(gate -> gate.loop().run(gate::announceEnd));
    }

    /** Lets all go, as {@link Gate#leave}. */
    CompletableFuture<Void> leave(Duration grace) {
        return CompletableFuture.allOf(gates.stream()
                .map(gate -> CompletableFuture.supplyAsync(
                                () -> gate.leave(grace), gate.loop().thread())
                        .thenCompose(left -> left))
                .toArray(CompletableFuture[]::new));
    }
}
