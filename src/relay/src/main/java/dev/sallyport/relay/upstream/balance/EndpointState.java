package dev.sallyport.relay.upstream.balance;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.relay.upstream.health.EndpointHealth;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What one event loop knows of one endpoint. It belongs to that loop. */
public final class EndpointState {
    private final EndpointHealth health;
    private final InetSocketAddress address;
    private int running;
    private int weight = SlowStart.FULL;
    private int credit;

    /**
     * @throws IllegalArgumentException when the endpoint's address is not a literal
     */
    public EndpointState(EndpointHealth health) {
        this.health = health;
        Endpoint endpoint = health.endpoint();
        this.address = new InetSocketAddress(InetAddress.ofLiteral(endpoint.address()), endpoint.port());
    }

    /**
     * The states for {@code endpoints}, in that order: those of {@code before} where an endpoint stays, so that their
     * counts go on, and new ones else.
     */
    public static EndpointState[] update(EndpointState[] before, List<EndpointHealth> endpoints) {
        Map<EndpointHealth, EndpointState> known = new IdentityHashMap<>(before.length);
        for (EndpointState state : before) {
            known.put(state.health, state);
        }
        EndpointState[] now = new EndpointState[endpoints.size()];
        for (int i = 0; i < now.length; i++) {
            now[i] = known.computeIfAbsent(endpoints.get(i), EndpointState::new);
        }
        return now;
    }

    /** What all loops know of it. */
    public EndpointHealth health() {
        return health;
    }

    /** Its share among others, up to {@link SlowStart#FULL}. */
    int weight() {
        return weight;
    }

    /** Gives it the share that it has by now. */
    public void weigh(int now) {
        weight = now;
    }

    int credit() {
        return credit;
    }

    void credit(int more) {
        credit += more;
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
