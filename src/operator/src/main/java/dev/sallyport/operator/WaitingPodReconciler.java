package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.inject.PodEvents;
import dev.sallyport.control.input.ProxyName;
import dev.sallyport.operator.report.Events;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.cache.Cache;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells of injected pods what they wait for. What they wait for comes by the reconciler of that proxy. */
@Singleton
@ControllerConfiguration(name = "injectedpod", informer = @Informer(labelSelector = Injected.RELAY))
final class WaitingPodReconciler implements Reconciler<Pod> {
    private final PodTeller teller;
    private @Nullable InformerEventSource<ForwardProxy, Pod> egresses;
    private @Nullable InformerEventSource<ReverseProxy, Pod> ingresses;
    private @Nullable InformerEventSource<Namespace, Pod> namespaces;

    WaitingPodReconciler(Events events) {
        this.teller = new PodTeller(events);
    }

    @Override
    public List<EventSource<?, Pod>> prepareEventSources(EventSourceContext<Pod> context) {
        var forward = proxies(ForwardProxy.class, Injected::egress, context);
        var reverse = proxies(ReverseProxy.class, Injected::ingress, context);
        egresses = forward;
        ingresses = reverse;
        var all = namespaces(context);
        namespaces = all;
        return List.of(forward, reverse, all, teller.departures());
    }

    private static InformerEventSource<Namespace, Pod> namespaces(EventSourceContext<Pod> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Namespace.class, Pod.class)
                        .withName("namespaces")
                        .withSecondaryToPrimaryMapper(namespace -> {
                            String name = namespace.getMetadata().getName();
                            return context.getPrimaryCache().byIndex(Cache.NAMESPACE_INDEX, name).stream()
                                    .map(ResourceID::fromResource)
                                    .collect(Collectors.toSet());
                        })
                        .build(),
                context);
    }

    /** @param of the proxy of that kind that a pod names */
    private static <P extends HasMetadata> InformerEventSource<P, Pod> proxies(
            Class<P> kind, Function<Pod, Optional<ProxyName>> of, EventSourceContext<Pod> context) {
        String index = kind.getSimpleName();
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        index, pod -> of.apply(pod).map(ProxyName::key).stream().toList()));
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, Pod.class)
                        .withName(index)
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(proxy -> context
                                .getPrimaryCache()
                                .byIndex(
                                        index,
                                        proxy.getMetadata().getNamespace() + "/"
                                                + proxy.getMetadata().getName())
                                .stream()
                                .map(ResourceID::fromResource)
                                .collect(Collectors.toSet()))
                        .build(),
                context);
    }

    @Override
    public UpdateControl<Pod> reconcile(Pod pod, Context<Pod> context) {
        teller.tell(
                pod,
                PodEvents.waiting(
                        pod,
                        named(Injected.egress(pod), Objects.requireNonNull(egresses)),
                        named(Injected.ingress(pod), Objects.requireNonNull(ingresses)),
                        Objects.requireNonNull(namespaces)
                                .get(new ResourceID(pod.getMetadata().getNamespace()))
                                .orElse(null)));
        return UpdateControl.noUpdate();
    }

    private static <P extends HasMetadata> @Nullable P named(
            Optional<ProxyName> name, InformerEventSource<P, Pod> proxies) {
        return name.flatMap(proxy -> proxies.get(new ResourceID(proxy.name(), proxy.namespace())))
                .orElse(null);
    }
}
