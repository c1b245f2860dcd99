package dev.sallyport.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the endpoints of a cluster come from. */
public sealed interface EndpointSet {
    /** Named in the configuration. */
    record Fixed(List<Endpoint> endpoints) implements EndpointSet {
        public Fixed {
            endpoints = Lists.copy(endpoints);
        }
    }

    /**
     * Watched by the relay itself: the ready endpoints of a Service's EndpointSlices.
     *
     * @param portName the name of the Service's port, which its slices repeat; empty for an unnamed port
     * @param fallback the Service's own address, used until the first list arrived; null for a headless Service
     */
    record Slices(
            String namespace,
            String service,
            String portName,
            @Nullable Endpoint fallback) implements EndpointSet {
        public Slices {
            portName = portName == null ? "" : portName;
        }

        /** What serves until the first list arrived. */
        public List<Endpoint> fallbacks() {
            return fallback == null ? List.of() : List.of(fallback);
        }
    }

    /**
     * The application in whose pod the relay runs, if it is one of a Service: an {@link ApplicationPod} knows. To any other
     * nothing leads from there.
     *
     * @param selector of the Service: the labels that its pods have, as {@code KEY=VALUE}; empty: it selects none
     */
    record Application(List<String> selector) implements EndpointSet {
        public Application {
            selector = Lists.copy(selector);
        }
    }

    /**
     * One address of a cluster.
     *
     * @param address an IP address literal
     */
    record Endpoint(String address, int port) {}
}
