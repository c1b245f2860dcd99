package dev.sallyport.operator;

import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.inject.OptIn;
import dev.sallyport.control.inject.PodEvents;
import dev.sallyport.operator.report.Events;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Singleton;
import java.util.List;

/** Tells of pods whose label asks for a relay, and that have none. */
@Singleton
@ControllerConfiguration(
        name = "nakedpod",
        informer = @Informer(labelSelector = OptIn.LABEL + "=true,!" + Injected.RELAY))
final class NakedPodReconciler implements Reconciler<Pod> {
    private final PodTeller teller;

    NakedPodReconciler(Events events) {
        this.teller = new PodTeller(events);
    }

    @Override
    public List<EventSource<?, Pod>> prepareEventSources(EventSourceContext<Pod> context) {
        return List.of(teller.departures());
    }

    @Override
    public UpdateControl<Pod> reconcile(Pod pod, Context<Pod> context) {
        teller.tell(pod, PodEvents.naked(pod));
        return UpdateControl.noUpdate();
    }
}
