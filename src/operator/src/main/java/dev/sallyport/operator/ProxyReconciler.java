package dev.sallyport.operator;

import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.control.Control;
import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.References;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.render.Copies;
import dev.sallyport.control.render.Infra;
import dev.sallyport.control.render.Sidecars;
import dev.sallyport.control.status.Event;
import dev.sallyport.control.status.Observed;
import dev.sallyport.control.status.Observed.Acknowledgement;
import dev.sallyport.control.status.Observed.Failure;
import dev.sallyport.model.config.RelayPorts;
import dev.sallyport.operator.apply.StatusWriter;
import dev.sallyport.operator.deliver.Answer;
import dev.sallyport.operator.deliver.Relay;
import dev.sallyport.operator.report.Meters;
import dev.sallyport.operator.watch.Caches;
import dev.sallyport.operator.watch.Signals;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one proxy, the same for both kinds: plan, apply, deliver, report. It may be repeated at any time; a pass
 * that finds everything as planned asks the API server nothing.
 *
 * @param <P> the kind of proxy
 * @param <S> its status
 */
abstract class ProxyReconciler<P extends CustomResource<?, S>, S> implements Reconciler<P> {
    /** What the framework takes for no end of retries. */
    static final int UNLIMITED = -1;

    /** After as many minutes a proxy is looked at again, whether or not anything is known to have changed. */
    static final int LONGEST_PAUSE = 3;

    private final Parts parts;
    private final StatusWriter<P, S> statuses;
    private final Meters meters;
    private final Signals<P> signals = new Signals<>(this::forget);
    private @Nullable Caches<P> caches;

    ProxyReconciler(Parts parts, StatusWriter<P, S> statuses, ProxyKind kind) {
        this.parts = parts;
        this.statuses = statuses;
        this.meters = new Meters(parts.meters(), kind.kind());
    }

    abstract Caches<P> caches(EventSourceContext<P> context);

    abstract Plan plan(P proxy, References references);

    abstract S status(Plan plan, Observed observed, @Nullable S before, Instant now);

    abstract Facts facts(S status);

    /** What both kinds of status have. */
    record Facts(
            @Nullable Long observedGeneration, @Nullable List<Condition> conditions, int ready, int programmed) {
        static Facts of(
                @Nullable Long observedGeneration, @Nullable List<Condition> conditions, @Nullable Relays relays) {
            return new Facts(
                    observedGeneration,
                    conditions,
                    relays == null ? 0 : Objects.requireNonNullElse(relays.ready(), 0),
                    relays == null ? 0 : Objects.requireNonNullElse(relays.programmed(), 0));
        }
    }

    @Override
    public List<EventSource<?, P>> prepareEventSources(EventSourceContext<P> context) {
        Caches<P> made = caches(context);
        caches = made;
        List<EventSource<?, P>> sources = new ArrayList<>(made.sources());
        sources.add(signals);
        return sources;
    }

    @Override
    public UpdateControl<P> reconcile(P proxy, Context<P> context) {
        try {
            return reconcile(proxy);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                // Deleted meanwhile; its children follow by their owner references.
                return UpdateControl.noUpdate();
            }
            meters.failed(e.getCode() == 0 ? "Unreachable" : "Http" + e.getCode());
            throw e;
        }
    }

    private UpdateControl<P> reconcile(P proxy) {
        Caches<P> seen = Objects.requireNonNull(caches);
        S before = statuses.current(proxy);
        Plan plan = plan(proxy, seen);
        Optional<Sidecars> sidecars =
                seen.hasSidecars(proxy) ? Control.sidecars(plan, parts.settings()) : Optional.empty();
        Optional<Infra> rendered = Control.render(plan, parts.settings());
        List<Failure> failures = rendered.map(infra -> Stream.concat(
                                infra.objects().stream(), sidecars.stream().map(Sidecars::config))
                        .toList())
                .map(wanted -> parts.children().apply(proxy, wanted, seen.children(proxy)))
                .orElse(List.of());
        // What ails another namespace is not this proxy's state.
        List<Failure> abroad = rendered.map(infra -> copies(infra, sidecars, seen.guests(proxy)))
                .map(wanted -> parts.children().apply(proxy, wanted, seen.copies(proxy)))
                .orElse(List.of());
        Observed observed = observed(proxy, plan, sidecars.map(Sidecars::hash).orElse(""), failures);
        S status = status(plan, observed, before, parts.clock().instant());
        statuses.write(proxy, status);
        report(proxy, plan, before, status, failures);
        if (!failures.isEmpty() || !abroad.isEmpty()) {
            throw new Unfinished(
                    Stream.concat(failures.stream(), abroad.stream()).toList());
        }
        // An edit of the spec may have come while the status was written: look again.
        return before != null
                        && Objects.equals(
                                facts(before).observedGeneration(),
                                proxy.getMetadata().getGeneration())
                ? untilExpiry(plan)
                : UpdateControl.<P>noUpdate().rescheduleAfter(Duration.ZERO);
    }

    /** @param guests the namespaces, and whose relays their pods use */
    private static List<ConfigMap> copies(Infra infra, Optional<Sidecars> sidecars, Map<String, Set<String>> guests) {
        List<ConfigMap> copies = new ArrayList<>();
        guests.forEach((namespace, relays) -> {
            if (relays.contains(Injected.SIDECAR)) {
                sidecars.map(own -> Copies.of(own.config(), namespace)).ifPresent(copies::add);
            }
            if (relays.contains(Injected.CENTRAL) && infra.client() != null) {
                copies.add(Copies.of(infra.client(), namespace));
            }
        });
        return copies;
    }

    /** Status says of a certificate that it has expired when it has, not at the next pass. */
    private UpdateControl<P> untilExpiry(Plan plan) {
        Instant now = parts.clock().instant();
        return plan.nextExpiry(now)
                .map(expiry -> Duration.between(now, expiry))
                .filter(left -> left.compareTo(Duration.ofMinutes(LONGEST_PAUSE)) < 0)
                .map(left -> UpdateControl.<P>noUpdate().rescheduleAfter(left))
                .orElseGet(UpdateControl::noUpdate);
    }

    private Observed observed(P proxy, Plan plan, String sidecarHash, List<Failure> failures) {
        Caches<P> seen = Objects.requireNonNull(caches);
        List<Pod> own = seen.pods(proxy);
        List<Pod> others = seen.sidecars(proxy);
        Plan.Served served = plan.served();
        String hash = served == null ? "" : served.snapshot().hash();
        Map<String, Answer> answers = served == null ? Map.of() : ask(proxy, own, hash, others, sidecarHash);
        return new Observed(
                seen.deployment(proxy).orElse(null),
                seen.ownService(proxy).orElse(null),
                own.stream()
                        .map(pod -> Observed.Relay.of(pod, acknowledgement(answers.get(uid(pod)), hash)))
                        .toList(),
                others.isEmpty()
                        ? null
                        : Observed.Beside.of(
                                others, pod -> acknowledgement(answers.get(uid(pod)), sidecarHash), sidecarHash),
                failures);
    }

    private Map<String, Answer> ask(P proxy, List<Pod> own, String hash, List<Pod> others, String sidecarHash) {
        List<Relay> asked = Stream.concat(
                        own.stream()
                                .filter(pod -> isThere(pod, Observed.Relay.of(pod, null)))
                                .map(pod -> relay(pod, parts.settings().adminPort(), hash)),
                        others.stream()
                                .filter(pod -> isThere(pod, Observed.Relay.beside(pod, null)))
                                .map(pod -> relay(pod, RelayPorts.SIDECAR_ADMIN, sidecarHash)))
                .toList();
        ResourceID id = ResourceID.fromResource(proxy);
        return parts.delivery().pursue(proxy.getMetadata().getUid(), asked, () -> signals.signal(id));
    }

    private static boolean isThere(Pod pod, Observed.Relay relay) {
        return relay.serves() && pod.getStatus().getPodIP() != null;
    }

    private static Relay relay(Pod pod, int adminPort, String wanted) {
        return new Relay(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                uid(pod),
                pod.getStatus().getPodIP(),
                adminPort,
                wanted);
    }

    private static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    private static @Nullable Acknowledgement acknowledgement(@Nullable Answer answer, String hash) {
        return switch (answer) {
            case null -> null;
            case Answer.Heard heard when heard.awaitsSecretsOf(hash) -> new Acknowledgement.Waiting();
            case Answer.Heard heard ->
                new Acknowledgement.Heard(heard.hash(), heard.refuses(hash) ? heard.error() : null);
            case Answer.Silent silent -> new Acknowledgement.Silent(silent.reason());
        };
    }

    private void report(P proxy, Plan plan, @Nullable S before, S status, List<Failure> failures) {
        Facts now = facts(status);
        parts.events()
                .record(
                        proxy,
                        Event.between(
                                plan,
                                before == null ? null : facts(before).conditions(),
                                Objects.requireNonNullElse(now.conditions(), List.of())));
        Plan.Served served = plan.served();
        if (served != null) {
            int wanted = served.workload().running().replicas();
            meters.observe(proxy, served.snapshot().hash(), new Meters.Relays(wanted, now.ready(), now.programmed()));
        }
        failures.forEach(failure -> meters.failed(failure.taken() ? "NameTaken" : "Refused"));
    }

    private void forget(P proxy) {
        String uid = proxy.getMetadata().getUid();
        parts.delivery().forget(uid);
        parts.children().forget(uid);
        statuses.forget(uid);
        meters.forget(uid);
    }

    /** Some children could not be applied. Status says which; the framework tries again, ever more slowly. */
    private static final class Unfinished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unfinished(List<Failure> failures) {
            super(failures.toString(), null, false, false);
        }
    }
}
