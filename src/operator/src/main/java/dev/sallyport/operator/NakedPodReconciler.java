package dev.sallyport.operator;

import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.inject.OptIn;
import dev.sallyport.control.inject.PodEvents;
import dev.sallyport.operator.report.Events;
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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells of pods whose own label asks for a relay, and that have none, unless their namespace says no. */
@Singleton
@ControllerConfiguration(
        name = "nakedpod",
        informer = @Informer(labelSelector = OptIn.LABEL + "=" + OptIn.YES + ",!" + Injected.RELAY))
final class NakedPodReconciler implements Reconciler<Pod> {
    private final PodTeller teller;
    private @Nullable InformerEventSource<Namespace, Pod> declining;

    NakedPodReconciler(Events events) {
        this.teller = new PodTeller(events);
    }

    @Override
    public List<EventSource<?, Pod>> prepareEventSources(EventSourceContext<Pod> context) {
        var made =
                new InformerEventSource<>(
                        InformerEventSourceConfiguration.from(Namespace.class, Pod.class)
                                .withName("declining")
                                .withLabelSelector(OptIn.LABEL + "=" + OptIn.NO)
                                .withSecondaryToPrimaryMapper(namespace -> context
                                        .getPrimaryCache()
                                        .byIndex(
                                                Cache.NAMESPACE_INDEX,
                                                namespace.getMetadata().getName())
                                        .stream()
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                                .build(),
                        context);
        declining = made;
        return List.of(made, teller.departures());
    }

    @Override
    public UpdateControl<Pod> reconcile(Pod pod, Context<Pod> context) {
        boolean declined = Objects.requireNonNull(declining)
                .get(new ResourceID(pod.getMetadata().getNamespace()))
                .isPresent();
        teller.tell(pod, declined ? Optional.empty() : PodEvents.naked(pod));
        return UpdateControl.noUpdate();
    }
}
