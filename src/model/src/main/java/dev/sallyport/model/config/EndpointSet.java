package dev.sallyport.model.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the endpoints of a cluster come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "from")
@JsonSubTypes({
    @JsonSubTypes.Type(value = EndpointSet.Fixed.class, name = "fixed"),
    @JsonSubTypes.Type(value = EndpointSet.Slices.class, name = "slices")
})
public sealed interface EndpointSet {
    /** Named in the configuration. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
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
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Slices(
            String namespace,
            String service,
            @JsonSetter(nulls = Nulls.SET) String portName,
            @JsonSetter(nulls = Nulls.SET) @Nullable Endpoint fallback)
            implements EndpointSet {
        public Slices {
            portName = portName == null ? "" : portName;
        }

        /** What serves until the first list arrived. */
        public List<Endpoint> fallbacks() {
            return fallback == null ? List.of() : List.of(fallback);
        }
    }

    /**
     * One address of a cluster.
     *
     * @param address an IP address literal
     */
    record Endpoint(String address, int port) {}
}
