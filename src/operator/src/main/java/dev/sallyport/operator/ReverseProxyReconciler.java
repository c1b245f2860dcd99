package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.ReverseProxyStatus;
import dev.sallyport.control.Control;
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

/** Keeps ReverseProxy objects. */
@Singleton
@ControllerConfiguration(
        name = "reverseproxy",
        fieldManager = Children.FIELD_MANAGER,
        maxReconciliationInterval =
                @MaxReconciliationInterval(interval = ProxyReconciler.LONGEST_PAUSE, timeUnit = TimeUnit.MINUTES))
@GradualRetry(
        maxAttempts = ProxyReconciler.UNLIMITED,
        initialInterval = 500,
        intervalMultiplier = 2,
        maxInterval = 60_000)
final class ReverseProxyReconciler extends ProxyReconciler<ReverseProxy, ReverseProxyStatus> {
    private final Settings settings;

    ReverseProxyReconciler(Parts parts, KubernetesClient client) {
        super(parts, new StatusWriter<>(client, ReverseProxy::new), ProxyKind.REVERSE);
        this.settings = parts.settings();
    }

    @Override
    Caches<ReverseProxy> caches(EventSourceContext<ReverseProxy> context) {
        return Caches.withBackends(context, ProxyKind.REVERSE, proxy -> Mentions.of(proxy.getSpec()));
    }

    @Override
    Plan plan(ReverseProxy proxy, References references) {
        return Control.plan(proxy, references, settings);
    }

    @Override
    ReverseProxyStatus status(Plan plan, Observed observed, @Nullable ReverseProxyStatus before, Instant now) {
        return Control.reverseStatus(plan, observed, before, now, settings);
    }

    @Override
    Facts facts(ReverseProxyStatus status) {
        return Facts.of(status.observedGeneration(), status.conditions(), status.relays());
    }
}
