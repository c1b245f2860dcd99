package dev.sallyport.operator;

import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.inject.OptIn;
import dev.sallyport.control.inject.PodEvents;
import dev.sallyport.control.render.Labels;
import dev.sallyport.operator.report.Events;
import dev.sallyport.operator.watch.Signals;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Tells of pods whose namespace asks for a relay, and that have none. It looks now and then at a few of them, so that it watches no pods,
 * keeps none, and tells no more than a few at a time, however many there are. The namespaces are those of the webhook.
 */
@Singleton
@ControllerConfiguration(
        name = "nakedpods",
        informer =
                @Informer(
                        labelSelector = OptIn.LABEL + "=" + OptIn.YES
                                + ",kubernetes.io/metadata.name notin (kube-system,sallyport-system)"),
        maxReconciliationInterval =
                @MaxReconciliationInterval(interval = ProxyReconciler.LONGEST_PAUSE, timeUnit = TimeUnit.MINUTES))
final class NakedPodsReconciler implements Reconciler<Namespace> {
    private static final int MOST_TOLD = 10;

    /** Those that say something themselves are no concern of the namespace's, or of {@link NakedPodReconciler}. */
    private static final String NAKED = "%s notin (%s,%s),!%s,%s!=%s"
            .formatted(OptIn.LABEL, OptIn.YES, OptIn.NO, Injected.RELAY, Labels.MANAGED_BY, Labels.OPERATOR);

    private final KubernetesClient client;
    private final Events events;
    private final Map<String, PodTeller> tellers = new ConcurrentHashMap<>();

    /** @param client may list pods */
    NakedPodsReconciler(KubernetesClient client, Events events) {
        this.client = client;
        this.events = events;
    }

    @Override
    public List<EventSource<?, Namespace>> prepareEventSources(EventSourceContext<Namespace> context) {
        return List.of(new Signals<>(
                namespace -> tellers.remove(namespace.getMetadata().getName())));
    }

    @Override
    public UpdateControl<Namespace> reconcile(Namespace namespace, Context<Namespace> context) {
        String name = namespace.getMetadata().getName();
        List<Pod> naked = client.pods()
                .inNamespace(name)
                .withLabelSelector(NAKED)
                .withoutField("status.phase", "Succeeded")
                .withoutField("status.phase", "Failed")
                .list(new ListOptionsBuilder().withLimit(MOST_TOLD + 1L).build())
                .getItems();
        boolean more = naked.size() > MOST_TOLD;
        PodTeller teller = tellers.computeIfAbsent(name, any -> new PodTeller(events));
        List<Pod> told = naked.stream().limit(MOST_TOLD).toList();
        told.forEach(pod -> teller.tell(pod, PodEvents.naked(pod, more)));
        teller.forgetAllBut(told);
        return UpdateControl.noUpdate();
    }
}
