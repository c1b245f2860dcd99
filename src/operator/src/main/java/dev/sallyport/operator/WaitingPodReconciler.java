package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.ForwardProxy;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells of injected pods what they wait for. What they wait for comes by the reconciler of that proxy. */
@Singleton
@ControllerConfiguration(name = "injectedpod", informer = @Informer(labelSelector = Injected.RELAY))
final class WaitingPodReconciler implements Reconciler<Pod> {
    private static final String BY_PROXY = "proxy";

    private final PodTeller teller;
    private @Nullable InformerEventSource<ForwardProxy, Pod> proxies;

    WaitingPodReconciler(Events events) {
        this.teller = new PodTeller(events);
    }

    @Override
    public List<EventSource<?, Pod>> prepareEventSources(EventSourceContext<Pod> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        BY_PROXY,
                        pod -> Injected.egress(pod)
                                .map(proxy -> List.of(key(pod, proxy)))
                                .orElse(List.of())));
        var made = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ForwardProxy.class, Pod.class)
                        .withName("proxies")
                        .withWatchAllNamespaces()
                        .withSecondaryToPrimaryMapper(proxy ->
                                context
                                        .getPrimaryCache()
                                        .byIndex(
                                                BY_PROXY,
                                                key(proxy, proxy.getMetadata().getName()))
                                        .stream()
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                        .build(),
                context);
        proxies = made;
        return List.of(made, teller.departures());
    }

    @Override
    public UpdateControl<Pod> reconcile(Pod pod, Context<Pod> context) {
        Optional<ForwardProxy> proxy = Injected.egress(pod)
                .flatMap(name -> Objects.requireNonNull(proxies)
                        .get(new ResourceID(name, pod.getMetadata().getNamespace())));
        teller.tell(pod, PodEvents.waiting(pod, proxy.orElse(null)));
        return UpdateControl.noUpdate();
    }

    private static String key(HasMetadata object, String name) {
        return object.getMetadata().getNamespace() + "/" + name;
    }
}
