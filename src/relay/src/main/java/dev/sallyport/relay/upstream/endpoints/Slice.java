package dev.sallyport.relay.upstream.endpoints;

import java.util.List;
import java.util.Map;

/**
 * What matters of an EndpointSlice (discovery.k8s.io/v1).
 *
 * @param name its {@code metadata.name}, unique among the slices of a Service
 * @param ports by name, empty for an unnamed one; those over TCP that have a number
 * @param endpoints those that may be picked
 */
record Slice(String name, Map<String, Integer> ports, List<Ready> endpoints) {
    /**
     * An endpoint that is ready and not terminating.
     *
     * @param addresses literals, each of which reaches the same endpoint
     * @param target the uid of the pod, or empty
     */
    record Ready(List<String> addresses, String target) {}
}
