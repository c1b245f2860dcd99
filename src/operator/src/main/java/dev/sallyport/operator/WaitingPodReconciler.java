package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.inject.PodEvents;
import dev.sallyport.operator.report.Events;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
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

    WaitingPodReconciler(Events events) {
        this.teller = new PodTeller(events);
    }

    @Override
    public List<EventSource<?, Pod>> prepareEventSources(EventSourceContext<Pod> context) {
        var forward = proxies(ForwardProxy.class, Injected::egress, context);
        var reverse = proxies(ReverseProxy.class, Injected::ingress, context);
        egresses = forward;
        ingresses = reverse;
        return List.of(forward, reverse, teller.departures());
    }

    /** @param of the proxy of that kind that a pod names */
    private static <P extends HasMetadata> InformerEventSource<P, Pod> proxies(
            Class<P> kind, Function<Pod, Optional<String>> of, EventSourceContext<Pod> context) {
        String index = kind.getSimpleName();
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        index,
                        pod -> of.apply(pod)
                                .map(proxy -> List.of(key(pod, proxy)))
                                .orElse(List.of())));
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(kind, Pod.class)
                        .withName(index)
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(proxy ->
                                context
                                        .getPrimaryCache()
                                        .byIndex(
                                                index,
                                                key(proxy, proxy.getMetadata().getName()))
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
                        named(Injected.egress(pod), pod, Objects.requireNonNull(egresses)),
                        named(Injected.ingress(pod), pod, Objects.requireNonNull(ingresses))));
        return UpdateControl.noUpdate();
    }

    private static <P extends HasMetadata> @Nullable P named(
            Optional<String> name, Pod pod, InformerEventSource<P, Pod> proxies) {
        return name.flatMap(proxy ->
                        proxies.get(new ResourceID(proxy, pod.getMetadata().getNamespace())))
                .orElse(null);
    }

    private static String key(HasMetadata object, String name) {
        return object.getMetadata().getNamespace() + "/" + name;
    }
}
