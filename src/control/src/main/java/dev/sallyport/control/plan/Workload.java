package dev.sallyport.control.plan;

import dev.sallyport.control.input.Subject;
import dev.sallyport.control.validate.CheckedListener;
import dev.sallyport.control.validate.ClientPeer;
import dev.sallyport.control.validate.Running;
import java.util.List;

/**
 * What the relays of a proxy are run as.
 *
 * @param clients who may use a forward proxy beside the pods of its namespace; empty for a reverse proxy, which takes everyone
 */
public record Workload(Subject subject, Running running, List<CheckedListener> listeners, List<ClientPeer> clients) {
    public Workload {
        listeners = List.copyOf(listeners);
        clients = List.copyOf(clients);
    }
}
