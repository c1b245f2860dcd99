package dev.sallyport.operator.report;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How long reconciles take and how many wait. It stands in for the framework's own Micrometer meters, which Prometheus
 * refuses for tags that differ from event to event; the refusal would cost the event.
 */
public final class Reconciles implements Metrics {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();

    public Reconciles(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void reconciliationSubmitted(HasMetadata proxy, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        waiting(proxy).incrementAndGet();
    }

    @Override
    public void reconciliationStarted(HasMetadata proxy, Map<String, Object> metadata) {
        waiting(proxy).decrementAndGet();
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        Timer.Sample sample = Timer.start(registry);
        String outcome = "failed";
        try {
            T result = execution.execute();
            outcome = "done";
            return result;
        } finally {
            sample.stop(Timer.builder("sallyport.reconcile")
                    .description("Passes over one proxy")
                    .tag("controller", execution.controllerName())
                    .tag("outcome", outcome)
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry));
        }
    }

    private AtomicInteger waiting(HasMetadata proxy) {
        return waiting.computeIfAbsent(proxy.getKind(), kind -> {
            AtomicInteger count = new AtomicInteger();
            Gauge.builder("sallyport.reconcile.waiting", count, AtomicInteger::get)
                    .description("Proxies that wait for a thread")
                    .tag("kind", kind)
                    .register(registry);
            return count;
        });
    }
}
