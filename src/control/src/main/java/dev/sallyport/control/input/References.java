package dev.sallyport.control.input;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Looks up the objects that a proxy may refer to. An implementation answers from what it has; the stages call it many times. */
public interface References {
    /** Nothing is there. */
    References NONE = new References() {
        @Override
        public Optional<Service> service(String namespace, String name) {
            return Optional.empty();
        }

        @Override
        public List<EndpointSlice> endpointSlices(String namespace, String service) {
            return List.of();
        }

        @Override
        public Optional<Secret> secret(String namespace, String name) {
            return Optional.empty();
        }

        @Override
        public Optional<ConfigMap> configMap(String namespace, String name) {
            return Optional.empty();
        }
    };

    /** The Service, or empty when there is none. */
    Optional<Service> service(String namespace, String name);

    /** The EndpointSlices of a Service ({@code kubernetes.io/service-name}), in any order. */
    Collection<EndpointSlice> endpointSlices(String namespace, String service);

    /** The Secret with its data, or empty when there is none. */
    Optional<Secret> secret(String namespace, String name);

    /** The ConfigMap with its data, or empty when there is none. */
    Optional<ConfigMap> configMap(String namespace, String name);
}
