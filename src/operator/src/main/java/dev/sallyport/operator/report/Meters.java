package dev.sallyport.operator.report;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/** Counts and times what the framework's own meters do not know. */
public final class Meters {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5)
    };

    private final MeterRegistry registry;
    private final String kind;
    private final Map<String, State> proxies = new ConcurrentHashMap<>();

    /**
     * @param registry where they are published
     * @param kind the kind of proxy that they are about
     */
    public Meters(MeterRegistry registry, String kind) {
        this.registry = registry;
        this.kind = kind;
        gauge("wanted", state -> state.relays.wanted);
        gauge("ready", state -> state.relays.ready);
        gauge("programmed", state -> state.relays.programmed);
    }

    /**
     * How many relays a proxy has.
     *
     * @param wanted by its spec
     * @param ready and not ending
     * @param programmed of the ready ones, how many serve the current configuration
     */
    public record Relays(int wanted, int ready, int programmed) {}

    /** Notes how the relays of {@code proxy} are, and times how long the configuration {@code hash} took to all of them. */
    public void observe(HasMetadata proxy, String hash, Relays relays) {
        boolean everywhere = relays.ready > 0 && relays.programmed == relays.ready;
        proxies.compute(proxy.getMetadata().getUid(), (uid, before) -> {
            // What is everywhere at first sight was delivered by a former operator.
            State now = before != null && before.hash.equals(hash)
                    ? new State(hash, before.since, before.delivered, relays)
                    : new State(hash, System.nanoTime(), before == null && everywhere, relays);
            if (everywhere && !now.delivered) {
                delivery().record(Duration.ofNanos(System.nanoTime() - now.since));
                return new State(hash, now.since, true, relays);
            }
            return now;
        });
    }

    /** Counts a reconcile that did not reach its goal. */
    public void failed(String reason) {
        registry.counter("sallyport.reconcile.errors", "kind", kind, "reason", reason)
                .increment();
    }

    /** Forgets a proxy that is gone. */
    public void forget(String uid) {
        proxies.remove(uid);
    }

    private Timer delivery() {
        return Timer.builder("sallyport.delivery")
                .description("From the first sight of a change to every ready relay serving it")
                .tag("kind", kind)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private void gauge(String state, ToIntFunction<State> count) {
        Gauge.builder(
                        "sallyport.relays",
                        proxies,
                        all -> all.values().stream().mapToInt(count).sum())
                .description("Relays by state")
                .tag("kind", kind)
                .tag("state", state)
                .register(registry);
    }

    private record State(String hash, long since, boolean delivered, Relays relays) {}
}
