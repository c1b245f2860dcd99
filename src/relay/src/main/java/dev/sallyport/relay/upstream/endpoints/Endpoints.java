package dev.sallyport.relay.upstream.endpoints;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.EndpointSet;
import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.relay.record.Metrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The endpoints that the configuration names, and those of Services, which are watched once however many clusters they serve. */
public final class Endpoints implements EndpointSource {
    private final Metrics metrics;
    private final @Nullable SliceWatches slices;
    private final Map<ServiceName, ServiceEndpoints> services = new HashMap<>();
    private final Map<String, Integer> interests = new ConcurrentHashMap<>();

    /**
     * @param slices how to watch Services; null where there is no API server, then a Service has its fallback alone
     */
    public Endpoints(Metrics metrics, @Nullable SliceWatches slices) {
        this.metrics = metrics;
        this.slices = slices;
    }

    @Override
    public Watch watch(Cluster cluster, Consumer<List<Endpoint>> consumer) {
        Consumer<List<Endpoint>> counted = endpoints -> {
            metrics.clusterEndpoints(cluster.id(), endpoints.size());
            consumer.accept(endpoints);
        };
        interests.merge(cluster.id(), 1, Integer::sum);
        Watch watch = switch (cluster.endpoints()) {
            case EndpointSet.Fixed fixed -> {
                counted.accept(fixed.endpoints().stream().distinct().toList());
                yield () -> {};
            }
            case EndpointSet.Slices wanted -> watchService(wanted, counted);
            // That of this pod was given its address when it was placed; nothing leads to another.
            case EndpointSet.Application elsewhere -> () -> {};
        };
        return () -> {
            watch.close();
            if (interests.merge(cluster.id(), -1, (all, less) -> all + less == 0 ? null : all + less) == null) {
                metrics.clusterGone(cluster.id());
            }
        };
    }

    @Override
    public synchronized void close() {
        services.values().forEach(ServiceEndpoints::close);
        services.clear();
        if (slices != null) {
            slices.close();
        }
    }

    private Watch watchService(EndpointSet.Slices wanted, Consumer<List<Endpoint>> consumer) {
        if (slices == null) {
            consumer.accept(wanted.fallbacks());
            return () -> {};
        }
        ServiceName name = new ServiceName(wanted.namespace(), wanted.service());
        Subscription subscription = new Subscription(wanted, consumer);
        synchronized (this) {
            services.computeIfAbsent(name, n -> new ServiceEndpoints(n, slices)).add(subscription);
        }
        subscription.begin();
        return () -> {
            subscription.close();
            synchronized (this) {
                ServiceEndpoints service = services.get(name);
                if (service != null && service.remove(subscription)) {
                    services.remove(name);
                }
            }
        };
    }
}
