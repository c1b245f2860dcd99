package dev.sallyport.control.input;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** References among objects that are all given, as from files. Objects without a namespace are in {@code default}. */
public final class GivenObjects implements References {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    private final Map<Name, Service> services = new HashMap<>();
    private final Map<Name, Secret> secrets = new HashMap<>();
    private final Map<Name, ConfigMap> configMaps = new HashMap<>();
    private final Map<Name, List<EndpointSlice>> slices = new HashMap<>();

    /** Takes what proxies refer to out of {@code objects}. Of two objects of a kind with one name the last counts. */
    public GivenObjects(Iterable<? extends HasMetadata> objects) {
        for (HasMetadata object : objects) {
            String namespace = Objects.requireNonNullElse(object.getMetadata().getNamespace(), "default");
            switch (object) {
                case Service service ->
                    services.put(new Name(namespace, service.getMetadata().getName()), service);
                case EndpointSlice slice -> {
                    Map<String, String> labels = slice.getMetadata().getLabels();
                    String service = labels == null ? null : labels.get(SERVICE_NAME);
                    if (service != null) {
                        slices.computeIfAbsent(new Name(namespace, service), any -> new ArrayList<>())
                                .add(slice);
                    }
                }
                case Secret secret ->
                    secrets.put(new Name(namespace, secret.getMetadata().getName()), secret);
                case ConfigMap configMap ->
                    configMaps.put(new Name(namespace, configMap.getMetadata().getName()), configMap);
                default -> {}
            }
        }
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return Optional.ofNullable(services.get(new Name(namespace, name)));
    }

    @Override
    public Collection<EndpointSlice> endpointSlices(String namespace, String service) {
        return slices.getOrDefault(new Name(namespace, service), List.of());
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(new Name(namespace, name)));
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        return Optional.ofNullable(configMaps.get(new Name(namespace, name)));
    }

    private record Name(String namespace, String name) {}
}
