package dev.sallyport.relay.upstream.health;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes down what is told of health. */
public final class Changes implements ClusterHealth.Listener {
    private final List<String> told = new ArrayList<>();
    private String counts = "";

    /** What was told since this was asked last. */
    List<String> told() {
        List<String> all = List.copyOf(told);
        told.clear();
        return all;
    }

    /** Healthy, ejected and failing endpoints. */
    String counts() {
        return counts;
    }

    @Override
    public void ejected(EndpointHealth endpoint, long nanos) {
        told.add(endpoint + " ejected for " + TimeUnit.NANOSECONDS.toSeconds(nanos));
    }

    @Override
    public void returned(EndpointHealth endpoint) {
        told.add(endpoint + " returned");
    }

    @Override
    public void failing(EndpointHealth endpoint) {
        told.add(endpoint + " failing");
    }

    @Override
    public void recovered(EndpointHealth endpoint) {
        told.add(endpoint + " recovered");
    }

    @Override
    public void counted(int healthy, int ejected, int failing) {
        counts = healthy + " " + ejected + " " + failing;
    }
}
