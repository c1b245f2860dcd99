package dev.sallyport.model.config;

import java.time.Duration;
import java.util.List;

/**
 * How the forward role judges what clients ask for. A deny wins over an allow whatever their order, and what no rule
 * allows is denied.
 *
 * @param name {@code namespace/name} of the object
 * @param mode {@code REPORT} lets through, and records, what the rules would refuse; guards and clients hold all the same
 * @param clients the client addresses that may use the proxy at all, as CIDR prefixes; empty: every one that reaches it
 * @param rules what is allowed and denied, in the order of the object
 * @param guards which addresses stay out of reach whatever the rules allow
 * @param connectPorts the ports that CONNECT may name where the allowing entry names none
 * @param disclosure whether destinations learn of the client
 * @param connectTimeout to connect to a destination, over all of its addresses
 * @param responseTimeout from the end of a request to the head of its response; 0: no limit
 * @param idleTimeout without a byte in either direction, after which a tunnel or an exchange ends
 * @param lifetime after which a tunnel ends however busy; 0: no limit
 */
public record ForwardPolicy(
        String name,
        Mode mode,
        List<String> clients,
        List<ForwardRule> rules,
        Guards guards,
        List<Integer> connectPorts,
        DisclosureMode disclosure,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        Duration lifetime) {

    public ForwardPolicy {
        clients = Lists.copy(clients);
        rules = Lists.copy(rules);
        connectPorts = Lists.copy(connectPorts);
    }
}
