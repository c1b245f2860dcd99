package dev.sallyport.relay.upstream.balance;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one event loop knows of one endpoint. It belongs to that loop. */
public final class EndpointState {
    private final Endpoint endpoint;
    private final InetSocketAddress address;
    private int running;

    /**
     * @throws IllegalArgumentException when the endpoint's address is not a literal
     */
    public EndpointState(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.address = new InetSocketAddress(InetAddress.ofLiteral(endpoint.address()), endpoint.port());
    }

    /**
     * The states for {@code endpoints}, in that order: those of {@code before} where an endpoint stays, so that their
     * counts go on, and new ones else.
     */
    public static EndpointState[] update(EndpointState[] before, List<Endpoint> endpoints) {
        Map<Endpoint, EndpointState> known = HashMap.newHashMap(before.length);
        for (EndpointState state : before) {
            known.put(state.endpoint, state);
        }
        EndpointState[] now = new EndpointState[endpoints.size()];
        for (int i = 0; i < now.length; i++) {
            now[i] = known.computeIfAbsent(endpoints.get(i), EndpointState::new);
        }
        return now;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Where to connect. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many requests and tunnels of this loop are on it. */
    public int running() {
        return running;
    }

    /** A request or tunnel begins. */
    public void begin() {
        running++;
    }

    /** A request or tunnel that {@linkplain #begin began} has ended. */
    public void end() {
        running--;
    }

    @Override
    public String toString() {
        return address + " (" + running + " running)";
    }
}
