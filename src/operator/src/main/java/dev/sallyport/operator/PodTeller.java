package dev.sallyport.operator;

import dev.sallyport.control.status.Event;
import dev.sallyport.operator.report.Events;
import dev.sallyport.operator.watch.Signals;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Tells people by Events how pods are: each thing once, when it comes to be the case. */
final class PodTeller {
    private final Events events;
    private final Map<String, Event> told = new ConcurrentHashMap<>();

    PodTeller(Events events) {
        this.events = events;
    }

    /** Forgets pods that are gone. */
    EventSource<?, Pod> departures() {
        return new Signals<>(pod -> told.remove(uid(pod)));
    }

    void forgetAllBut(Collection<Pod> pods) {
        told.keySet().retainAll(pods.stream().map(PodTeller::uid).collect(Collectors.toSet()));
    }

    /** @param now what is the case with {@code pod}; empty: nothing to tell */
    void tell(Pod pod, Optional<Event> now) {
        String uid = uid(pod);
        Event before = now.isPresent() ? told.put(uid, now.get()) : told.remove(uid);
        if (now.isPresent() && !now.get().equals(before)) {
            events.record(pod, List.of(now.get()));
        }
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }
}
