package dev.sallyport.relay.upstream.health;

import dev.sallyport.model.config.EndpointSet.Endpoint;
import dev.sallyport.model.config.HealthCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The health of all endpoints of one cluster. Times are those of one clock, in nanoseconds, as {@link System#nanoTime()}.
 *
 * <p>Passive: an endpoint with too many errors in a row is ejected, for a time that grows with each ejection in a row. An
 * ejection is no more in a row when the endpoint has since been in use for as long as it was ejected. Active: see {@link
 * #probed}.
 */
public final class ClusterHealth {
    private static final long NEVER = Long.MAX_VALUE;

    /** No ejection is longer, unless the base is. */
    static final long LONGEST_EJECTION = 300_000_000_000L;

    private final Listener listener;
    private HealthCheck check;
    private List<EndpointHealth> endpoints = List.of();
    private volatile HealthCheck.@Nullable Passive passive;
    private volatile int version;

    public ClusterHealth(HealthCheck check, Listener listener) {
        this.check = check;
        this.passive = check.passive();
        this.listener = listener;
    }

    /**
     * Judges otherwise from now on. What the old check alone had found is forgotten: without a passive one nothing is
     * ejected, and with another active one all count as healthy until it has found otherwise.
     */
    public synchronized void check(HealthCheck now, long time) {
        boolean other = !Objects.equals(now.active(), check.active());
        check = now;
        passive = now.passive();
        for (EndpointHealth endpoint : endpoints) {
            if (passive == null) {
                endpoint.errors.set(0);
                endpoint.ejected = false;
            }
            if (other) {
                endpoint.failing = false;
                endpoint.streak = 0;
            }
            endpoint.settle(time);
        }
        changed();
    }

    /** The cluster has these endpoints now. Those that stay keep their health; the first ones are there of old. */
    public synchronized List<EndpointHealth> update(List<Endpoint> now, long time) {
        Map<Endpoint, EndpointHealth> known = HashMap.newHashMap(endpoints.size());
        endpoints.forEach(health -> known.put(health.endpoint, health));
        long since = endpoints.isEmpty() ? EndpointHealth.OF_OLD : time;
        List<EndpointHealth> next = new ArrayList<>(now.size());
        for (Endpoint endpoint : now) {
            next.add(known.computeIfAbsent(endpoint, added -> new EndpointHealth(this, added, since)));
        }
        endpoints.forEach(health -> health.gone = true);
        next.forEach(health -> health.gone = false);
        endpoints = List.copyOf(next);
        changed();
        return endpoints;
    }

    /** The endpoints of the moment. */
    public synchronized List<EndpointHealth> endpoints() {
        return endpoints;
    }

    /** Changes with whatever may change an answer of {@link EndpointHealth#usable()}; then it is larger. */
    public int version() {
        return version;
    }

    void failed(EndpointHealth endpoint, long now) {
        HealthCheck.Passive limit = passive;
        if (limit != null && endpoint.errors.incrementAndGet() >= limit.consecutiveErrors()) {
            eject(endpoint, now);
        }
    }

    private synchronized void eject(EndpointHealth endpoint, long now) {
        HealthCheck.Passive limit = passive;
        if (limit == null || endpoint.ejected || endpoint.errors.get() < limit.consecutiveErrors() || endpoint.gone) {
            return;
        }
        if (count(State.EJECTED) >= Math.max(1, endpoints.size() * limit.maxEjectionPercent() / 100)) {
            endpoint.errors.set(0);
            return;
        }
        long last = duration(limit, endpoint.ejections);
        boolean inRow = endpoint.ejections > 0 && now - endpoint.ejectionEnds < last;
        endpoint.ejections = inRow ? endpoint.ejections + 1 : 1;
        long duration = duration(limit, endpoint.ejections);
        endpoint.ejected = true;
        endpoint.ejectionEnds = now + duration;
        endpoint.settle(now);
        changed();
        listener.ejected(endpoint, duration);
    }

    private static long duration(HealthCheck.Passive limit, int ejections) {
        long base = limit.baseEjection().toNanos();
        return Math.max(base, Math.min(LONGEST_EJECTION, base * Math.min(ejections, 1 + LONGEST_EJECTION / base)));
    }

    /**
     * Lets those return whose ejection is over.
     *
     * @return when to come again, or {@link Long#MAX_VALUE}
     */
    public synchronized long advance(long now) {
        long next = NEVER;
        for (EndpointHealth endpoint : endpoints) {
            if (endpoint.ejected && now - endpoint.ejectionEnds >= 0) {
                endpoint.ejected = false;
                endpoint.errors.set(0);
                endpoint.settle(now);
                changed();
                listener.returned(endpoint);
            } else if (endpoint.ejected) {
                next = Math.min(next, endpoint.ejectionEnds);
            }
        }
        return next;
    }

    /** An active check succeeded or failed. As many of the kind in a row as the check says change what is thought of it. */
    public synchronized void probed(EndpointHealth endpoint, boolean good, long now) {
        HealthCheck.Active active = check.active();
        if (active == null || endpoint.gone) {
            return;
        }
        if (good != endpoint.failing) {
            endpoint.streak = 0;
            return;
        }
        int threshold = good ? active.healthyThreshold() : active.unhealthyThreshold();
        if (++endpoint.streak >= threshold) {
            endpoint.streak = 0;
            endpoint.failing = !good;
            endpoint.settle(now);
            changed();
            if (good) {
                listener.recovered(endpoint);
            } else {
                listener.failing(endpoint);
            }
        }
    }

    private synchronized void changed() {
        version++;
        listener.counted(count(State.HEALTHY), count(State.EJECTED), count(State.FAILING));
    }

    private int count(State state) {
        int count = 0;
        for (EndpointHealth endpoint : endpoints) {
            State is = endpoint.ejected ? State.EJECTED : endpoint.failing ? State.FAILING : State.HEALTHY;
            count += is == state ? 1 : 0;
        }
        return count;
    }

    private enum State {
        HEALTHY,
        EJECTED,
        FAILING
    }

    /** Is told what changes, under the lock of the cluster: it must return at once and not call back. */
    public interface Listener {
        /** @param nanos for how long */
        void ejected(EndpointHealth endpoint, long nanos);

        /** An ejection is over. */
        void returned(EndpointHealth endpoint);

        /** Active checks found it unhealthy. */
        void failing(EndpointHealth endpoint);

        /** Active checks found it healthy again. */
        void recovered(EndpointHealth endpoint);

        /** How many endpoints are in which state; an ejected one is not also counted as failing. */
        void counted(int healthy, int ejected, int failing);
    }
}
