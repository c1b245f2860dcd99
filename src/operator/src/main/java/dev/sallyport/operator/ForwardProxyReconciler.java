package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.control.Control;
import dev.sallyport.control.inject.Consent;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.References;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.status.Observed;
import dev.sallyport.operator.apply.Children;
import dev.sallyport.operator.apply.StatusWriter;
import dev.sallyport.operator.watch.Caches;
import dev.sallyport.operator.watch.Mentions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps ForwardProxy objects. */
@Singleton
@ControllerConfiguration(
        name = "forwardproxy",
        fieldManager = Children.FIELD_MANAGER,
        maxReconciliationInterval =
                @MaxReconciliationInterval(interval = ProxyReconciler.LONGEST_PAUSE, timeUnit = TimeUnit.MINUTES))
@GradualRetry(
        maxAttempts = ProxyReconciler.UNLIMITED,
        initialInterval = 500,
        intervalMultiplier = 2,
        maxInterval = 60_000)
final class ForwardProxyReconciler extends ProxyReconciler<ForwardProxy, ForwardProxyStatus> {
    private final Settings settings;

    ForwardProxyReconciler(Parts parts, KubernetesClient client) {
        super(parts, new StatusWriter<>(client, ForwardProxy::new), ProxyKind.FORWARD);
        this.settings = parts.settings();
    }

    @Override
    Caches<ForwardProxy> caches(EventSourceContext<ForwardProxy> context) {
        return Caches.withGuests(context, ProxyKind.FORWARD, proxy -> Mentions.of(proxy.getSpec()), Consent::holds);
    }

    @Override
    Plan plan(ForwardProxy proxy, References references) {
        return Control.plan(proxy, references, settings);
    }

    @Override
    ForwardProxyStatus status(Plan plan, Observed observed, @Nullable ForwardProxyStatus before, Instant now) {
        return Control.forwardStatus(plan, observed, before, now);
    }

    @Override
    Facts facts(ForwardProxyStatus status) {
        return Facts.of(status.observedGeneration(), status.conditions(), status.relays());
    }
}
