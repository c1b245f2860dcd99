package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.control.input.ProxyName;
import dev.sallyport.control.render.Copies;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes what was copied into other namespaces for a ForwardProxy that is gone: it finds them itself, also after a time in which no operator
 * ran, so that no finalizer is needed. All else about copies is the reconciler's of that proxy.
 */
@Singleton
@ControllerConfiguration(name = "copy", informer = @Informer(labelSelector = Copies.OWNER))
final class CopyReconciler implements Reconciler<ConfigMap> {
    private static final String BY_PROXY = "proxy";

    private final KubernetesClient client;
    private @Nullable InformerEventSource<ForwardProxy, ConfigMap> proxies;

    /** @param client may list ForwardProxies, and delete ConfigMaps */
    CopyReconciler(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<EventSource<?, ConfigMap>> prepareEventSources(EventSourceContext<ConfigMap> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        BY_PROXY,
                        copy -> Copies.owner(copy).map(ProxyName::key).stream().toList()));
        var made = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ForwardProxy.class, ConfigMap.class)
                        .withName("proxies")
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(
                                proxy -> context
                                        .getPrimaryCache()
                                        .byIndex(BY_PROXY, name(proxy).key())
                                        .stream()
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                        .build(),
                context);
        proxies = made;
        return List.of(made);
    }

    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap copy, Context<ConfigMap> context) {
        // One that is new may not have come to this cache yet, though to that of its reconciler.
        if (!isOwned(copy, seen(copy)) && !isOwned(copy, asked(copy))) {
            delete(copy);
        }
        return UpdateControl.noUpdate();
    }

    private Stream<ForwardProxy> seen(ConfigMap copy) {
        return Copies.owner(copy)
                .flatMap(proxy -> Objects.requireNonNull(proxies).get(new ResourceID(proxy.name(), proxy.namespace())))
                .stream();
    }

    private Stream<ForwardProxy> asked(ConfigMap copy) {
        return Copies.owner(copy).stream()
                .flatMap(proxy -> client
                        .resources(ForwardProxy.class)
                        .inNamespace(proxy.namespace())
                        .withField("metadata.name", proxy.name())
                        .list()
                        .getItems()
                        .stream());
    }

    private static boolean isOwned(ConfigMap copy, Stream<ForwardProxy> proxies) {
        return proxies.anyMatch(proxy ->
                Copies.ownerUid(copy).equals(Optional.of(proxy.getMetadata().getUid())));
    }

    private void delete(ConfigMap copy) {
        try {
            client.resource(copy).lockResourceVersion().delete();
        } catch (KubernetesClientException e) {
            // A conflict is a newer version, whose event brings it here again.
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private static ProxyName name(ForwardProxy proxy) {
        return new ProxyName(
                proxy.getMetadata().getNamespace(), proxy.getMetadata().getName());
    }
}
