package dev.sallyport.control.status;

import static dev.sallyport.control.status.Judgement.bad;
import static dev.sallyport.control.status.Judgement.good;
import static java.util.Objects.requireNonNullElse;

import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.resolve.Unresolved;
import dev.sallyport.control.status.Observed.Acknowledgement;
import dev.sallyport.control.status.Observed.Failure;
import dev.sallyport.control.status.Observed.Relay;
import dev.sallyport.control.validate.Finding;
import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.RelayConfig;
import dev.sallyport.model.config.ReverseRule;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Judges a proxy of either kind. */
final class Judge {
    private static final int NAMED = 3;

    /** Reasons that pass by themselves. */
    private static final Set<Reason> GOING_ON =
            EnumSet.of(Reason.PENDING, Reason.WAITING_FOR_SECRET, Reason.ROLLING_OUT);

    private final Plan plan;
    private final Observed observed;

    Judge(Plan plan, Observed observed) {
        this.plan = plan;
        this.observed = observed;
    }

    List<Condition> conditions(@Nullable List<Condition> before, Instant now) {
        var conditions = new Conditions(before, plan.subject().generation(), now);
        Judgement accepted = accepted(now);
        Judgement resolved = resolvedRefs(plan.allUnresolved());
        Judgement programmed = programmed();
        Judgement rollout = rollout();
        Judgement ready = Stream.of(accepted, resolved, programmed, rollout)
                .filter(judgement -> !judgement.good())
                .findFirst()
                .orElse(rollout);
        Judgement stalled = stalled(accepted, programmed);
        conditions.add(ConditionType.ACCEPTED, accepted);
        conditions.add(ConditionType.RESOLVED_REFS, resolved);
        conditions.add(ConditionType.PROGRAMMED, programmed);
        conditions.add(ConditionType.READY, ready);
        if (stalled.good()) {
            conditions.add(ConditionType.STALLED, stalled);
        } else if (GOING_ON.contains(ready.reason())) {
            conditions.add(ConditionType.RECONCILING, good(ready.reason(), ready.message()));
        }
        return conditions.list();
    }

    /** Those by which the proxy is judged: its own, or where it has none, those in the pods of applications. */
    private List<Relay> judged() {
        Observed.Beside beside = observed.beside();
        return !plan.isForSidecarsAlone() ? observed.relays() : beside == null ? List.of() : beside.relays();
    }

    private String hash(Plan.Served served) {
        Observed.Beside beside = observed.beside();
        return !plan.isForSidecarsAlone() ? served.snapshot().hash() : beside == null ? "" : beside.hash();
    }

    int readyRelays() {
        return Math.toIntExact(observed.relays().stream().filter(Relay::serves).count());
    }

    int programmedRelays() {
        Plan.Served served = plan.served();
        return served == null
                ? 0
                : Math.toIntExact(observed.relays().stream()
                        .filter(relay -> relay.serves(served.snapshot().hash()))
                        .count());
    }

    /** Null for none. */
    @Nullable
    Relays beside() {
        Observed.Beside beside = observed.beside();
        return beside == null
                ? null
                : new Relays(
                        Math.toIntExact(
                                beside.relays().stream().filter(Relay::serves).count()),
                        Math.toIntExact(beside.relays().stream()
                                .filter(relay -> relay.serves(beside.hash()))
                                .count()));
    }

    int replicas() {
        return requireNonNullElse(status(observed.deployment()).getReplicas(), 0);
    }

    private Judgement accepted(Instant now) {
        Failure taken =
                observed.failures().stream().filter(Failure::taken).findFirst().orElse(null);
        if (taken != null) {
            return bad(Reason.CONFLICTED, sentence(taken.message()));
        }
        if (plan.served() == null) {
            List<Finding> errors =
                    plan.findings().stream().filter(Finding::isError).toList();
            return bad(
                    Reason.of(errors.getFirst().reason()),
                    list(errors) + " Whatever ran for the proxy is left as it is.");
        }
        long refused = plan.rules().stream().filter(rule -> !rule.isAccepted()).count();
        if (refused > 0) {
            return bad(
                    Reason.RULES_REFUSED,
                    refused + " of " + plan.rules().size() + " rules cannot be used and are refused. "
                            + list(plan.allFindings().stream()
                                    .filter(Finding::isError)
                                    .toList()));
        }
        List<Finding> expired = plan.expired(now);
        List<Finding> warnings =
                Stream.concat(expired.stream(), plan.allFindings().stream()).toList();
        return good(
                expired.isEmpty() ? Reason.ACCEPTED : Reason.CERTIFICATE_EXPIRED,
                warnings.isEmpty() ? "The object makes sense." : "The object makes sense, but: " + list(warnings));
    }

    static Judgement accepted(Plan.Rule rule) {
        List<Finding> errors = rule.findings().stream().filter(Finding::isError).toList();
        return !errors.isEmpty()
                ? bad(Reason.of(errors.getFirst().reason()), list(errors))
                : good(
                        Reason.ACCEPTED,
                        rule.findings().isEmpty()
                                ? "The rule makes sense."
                                : "The rule makes sense, but: " + list(rule.findings()));
    }

    static Judgement resolvedRefs(List<Unresolved> unresolved) {
        return unresolved.isEmpty()
                ? good(Reason.RESOLVED_REFS, "All that is referred to was found.")
                : bad(Reason.of(unresolved.getFirst().reason()), list(unresolved));
    }

    /** Of a rule of a reverse proxy; empty where relays in the pods of applications are not meant to serve it. */
    Optional<Judgement> servedBySidecars(Plan.Rule rule) {
        Plan.Served served = plan.served();
        Plan.Applications applications = served == null ? null : served.applications();
        Observed.Beside beside = observed.beside();
        if (served == null || applications == null || beside == null) {
            return Optional.empty();
        }
        RelayConfig config = served.snapshot().config();
        Set<String> backends = config.reverses().stream()
                .filter(policy -> policy.name().equals(plan.subject().key()))
                .flatMap(policy -> policy.rules().stream())
                .filter(one -> one.name().equals(rule.name()) && one.listener().isEmpty())
                .flatMap(one -> one.backends().stream())
                .map(ReverseRule.Backend::cluster)
                .collect(Collectors.toSet());
        List<Cluster> clusters = config.clusters().stream()
                .filter(cluster -> backends.contains(cluster.id()))
                .toList();
        if (clusters.isEmpty()) {
            return Optional.empty();
        }
        List<Cluster> plain =
                clusters.stream().filter(cluster -> cluster.tls() == null).toList();
        if (plain.isEmpty()) {
            return Optional.of(bad(
                    Reason.UNSUPPORTED_PROTOCOL,
                    "Relays beside applications speak no TLS with them, as spec.backends says; they answer 500."));
        }
        return Optional.of(
                plain.stream()
                                .map(cluster -> applications.selectors().get(cluster.id()))
                                .anyMatch(selector -> selector != null && beside.has(selector))
                        ? good(Reason.PROGRAMMED, "It is for pods that have relays.")
                        : bad(
                                Reason.NO_SIDECARS,
                                "The Services that it sends to select no pod with a relay; where there is one, it answers 421."));
    }

    private Judgement programmed() {
        Plan.Served served = plan.served();
        if (served == null) {
            return bad(Reason.INVALID, "The object is not accepted; relays go on with what they serve.");
        }
        if (!observed.failures().isEmpty()) {
            return bad(
                    Reason.APPLY_FAILED,
                    list(observed.failures().stream()
                            .map(failure -> failure.object() + ": " + failure.message())
                            .toList()));
        }
        List<Relay> serving = judged().stream().filter(Relay::serves).toList();
        String hash = hash(served);
        List<Relay> lagging =
                serving.stream().filter(relay -> !relay.serves(hash)).toList();
        Judgement refused = judged().stream()
                .filter(relay -> !relay.ending() && !relay.serves(hash))
                .flatMap(relay -> refusal(relay).stream())
                .findFirst()
                .orElse(null);
        if (refused != null) {
            return refused;
        }
        if (serving.isEmpty() && plan.isForSidecarsAlone()) {
            return judged().isEmpty()
                    ? good(Reason.NO_RELAYS, "The proxy is for sidecars alone, and no pod asks for one.")
                    : bad(Reason.PENDING, "No sidecar is ready yet.");
        }
        if (serving.isEmpty()) {
            return served.workload().running().replicas() == 0
                    ? bad(Reason.NO_RELAYS, "There are to be no relays: spec.replicas is 0.")
                    : bad(Reason.PENDING, "No relay is ready yet." + waiting());
        }
        String generation = "generation " + plan.subject().generation();
        if (lagging.isEmpty()) {
            return good(Reason.PROGRAMMED, "All " + serving.size() + " ready relays serve " + generation + ".");
        }
        String serve =
                (serving.size() - lagging.size()) + " of " + serving.size() + " ready relays serve " + generation + ".";
        Relay waits = lagging.stream()
                .filter(relay -> relay.acknowledgement() instanceof Acknowledgement.Waiting)
                .findFirst()
                .orElse(null);
        if (waits != null) {
            return bad(
                    Reason.WAITING_FOR_SECRET,
                    serve + " Relay " + waits.pod() + " has it, and waits for the Secret with its certificates.");
        }
        String silence = lagging.stream()
                .filter(relay -> relay.acknowledgement() instanceof Acknowledgement.Silent)
                .map(relay -> " Relay " + relay.pod() + ": "
                        + ((Acknowledgement.Silent) Objects.requireNonNull(relay.acknowledgement())).reason() + ".")
                .findFirst()
                .orElse("");
        return bad(Reason.PENDING, serve + silence);
    }

    private static Optional<Judgement> refusal(Relay relay) {
        return relay.acknowledgement() instanceof Acknowledgement.Heard heard && heard.error() != null
                ? Optional.of(bad(
                        Reason.CONFIG_REFUSED,
                        "Relay " + relay.pod() + " refuses the configuration"
                                + (heard.hash() == null ? ": " : " and goes on with the one before: ") + heard.error()))
                : Optional.empty();
    }

    private Judgement rollout() {
        if (plan.isForSidecarsAlone()) {
            return good(Reason.READY, judged().stream().filter(Relay::serves).count() + " sidecars are ready.");
        }
        Plan.Served served = plan.served();
        int wanted = served == null ? 0 : served.workload().running().replicas();
        Deployment deployment = observed.deployment();
        DeploymentStatus status = status(deployment);
        boolean current = deployment != null
                && requireNonNullElse(status.getObservedGeneration(), 0L)
                        >= requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
        int updated = requireNonNullElse(status.getUpdatedReplicas(), 0);
        int available = requireNonNullElse(status.getAvailableReplicas(), 0);
        if (!current || updated < wanted || available < wanted) {
            return bad(
                    Reason.ROLLING_OUT,
                    Math.min(updated, available) + " of " + wanted + " relays are up to date and available."
                            + waiting());
        }
        return good(Reason.READY, readyRelays() + " of " + wanted + " relays are ready.");
    }

    /** Good means that it is stalled. */
    private Judgement stalled(Judgement accepted, Judgement programmed) {
        if (!accepted.good()) {
            return good(accepted.reason(), accepted.message());
        }
        if (programmed.reason() == Reason.CONFIG_REFUSED || programmed.reason() == Reason.APPLY_FAILED) {
            return good(programmed.reason(), programmed.message());
        }
        Relay stuck = observed.relays().stream()
                .filter(relay -> relay.stuck() && !relay.ending())
                .findFirst()
                .orElse(null);
        if (stuck != null) {
            return good(Reason.RELAY_FAILING, "Relay " + stuck.pod() + " does not run: " + stuck.waiting());
        }
        return status(observed.deployment()).getConditions().stream()
                .filter(condition -> "Progressing".equals(condition.getType()) && "False".equals(condition.getStatus()))
                .map(condition ->
                        good(Reason.RELAY_FAILING, requireNonNullElse(condition.getMessage(), "No progress.")))
                .findFirst()
                .orElse(bad(Reason.READY, ""));
    }

    private String waiting() {
        return observed.relays().stream()
                .filter(relay -> relay.waiting() != null && !relay.ending())
                .map(relay -> " Relay " + relay.pod() + ": " + relay.waiting())
                .findFirst()
                .orElse("");
    }

    private static DeploymentStatus status(@Nullable Deployment deployment) {
        return deployment == null || deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
    }

    /** The first few, each as a sentence. */
    private static String list(List<?> items) {
        String named = items.stream()
                .limit(NAMED)
                .map(item -> sentence(item.toString()))
                .collect(Collectors.joining(" "));
        return items.size() <= NAMED ? named : named + " And " + (items.size() - NAMED) + " more.";
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
