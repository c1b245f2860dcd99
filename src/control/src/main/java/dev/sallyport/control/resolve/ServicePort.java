package dev.sallyport.control.resolve;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port of a Service and the endpoints behind it.
 *
 * @param port the Service's own port
 * @param portName the port's name, which its EndpointSlices repeat; empty for an unnamed port
 * @param appProtocol what the port says that it speaks, such as {@code kubernetes.io/h2c}; empty where it says nothing
 * @param selector the labels of the Service's pods, as {@code KEY=VALUE}, in order; empty for a Service that selects none
 * @param clusterIp the Service's address; null for a headless one
 * @param ready the endpoints that take requests, ordered by address
 * @param total how many endpoints there are, ready or not
 */
public record ServicePort(
        String namespace,
        String service,
        int port,
        String portName,
        String appProtocol,
        List<String> selector,
        @Nullable String clusterIp,
        List<Endpoint> ready,
        int total) {
    public ServicePort {
        selector = List.copyOf(selector);
        ready = List.copyOf(ready);
    }

    /** {@code namespace/service:port}. */
    public String id() {
        return namespace + "/" + service + ":" + port;
    }
}
