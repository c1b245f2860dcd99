package dev.sallyport.control.status;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.status.Observed.Acknowledgement;
import dev.sallyport.control.status.Observed.Failure;
import dev.sallyport.control.status.Observed.Relay;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTest {
    private static final Instant EARLIER = Instant.parse("2026-01-01T12:00:00.900Z");
    private static final Instant LATER = Instant.parse("2026-01-01T12:05:00.100Z");
    private static final Plan PLAN = Control.plan(Objects.forward("{allow: [a.example]}"), Objects.PODS);
    private static final String HASH = requireNonNull(PLAN.served()).snapshot().hash();

    @Test
    void isReadyWhenEveryWantedRelayServesIt() {
        var status = status(running(2), serving("a"), serving("b"));
        assertThat(summary(status))
                .containsExactly("Accepted=True", "ResolvedRefs=True", "Programmed=True", "Ready=True");
        assertThat(requireNonNull(status.relays()).programmed()).isEqualTo(2);
        assertThat(status.replicas()).isEqualTo(2);
        assertThat(status.observedGeneration()).isEqualTo(7);
    }

    @Test
    void relaysInPodsOfApplicationsAreCountedApart() {
        var beside = new Observed.Beside(
                List.of(
                        new Relay("a", true, false, null, false, heard("sidecar", null)),
                        new Relay("b", true, false, null, false, heard("older", null)),
                        new Relay("c", false, false, null, false, null),
                        new Relay("d", true, true, null, false, heard("sidecar", null))),
                "sidecar",
                List.of());
        var observed = new Observed(running(1), null, List.of(serving("own")), beside, List.of());
        var status = Control.forwardStatus(PLAN, observed, null, LATER);
        assertThat(status.sidecars()).isEqualTo(new Relays(2, 1));
        assertThat(status.relays()).isEqualTo(new Relays(1, 1));
        assertThat(status(running(1), serving("own")).sidecars()).isNull();
    }

    @Test
    void aProxyForSidecarsAloneIsJudgedByThem() {
        var plan =
                Control.plan(Objects.forward("{infrastructure: {deployment: None}, allow: [a.example]}"), Objects.PODS);
        assertThat(Control.render(plan, Objects.PODS).orElseThrow().objects()).isEmpty();

        var unused = Control.forwardStatus(plan, Observed.NOTHING, null, LATER);
        assertThat(summary(unused)).contains("Programmed=True", "Ready=True");

        var pods = List.of(
                new Relay("a", true, false, null, false, heard("sidecar", null)),
                new Relay("b", true, false, null, false, heard("older", null)));
        var observed = new Observed(null, null, List.of(), new Observed.Beside(pods, "sidecar", List.of()), List.of());
        var lagging = Control.forwardStatus(plan, observed, null, LATER);
        assertThat(summary(lagging)).contains("Programmed=False/Pending", "Ready=False/Pending");

        observed = new Observed(
                null, null, List.of(), new Observed.Beside(pods.subList(0, 1), "sidecar", List.of()), List.of());
        var status = Control.forwardStatus(plan, observed, null, LATER);
        assertThat(summary(status))
                .containsExactly("Accepted=True", "ResolvedRefs=True", "Programmed=True", "Ready=True");
        assertThat(status.sidecars()).isEqualTo(new Relays(1, 1));
    }

    @Test
    void noRelayIsNotProgrammed() {
        assertThat(summary(status(running(0))))
                .containsExactly(
                        "Accepted=True",
                        "ResolvedRefs=True",
                        "Programmed=False/Pending",
                        "Ready=False/Pending",
                        "Reconciling=True");
    }

    @Test
    void anEndingRelayIsNotWaitedFor() {
        assertThat(summary(status(running(2), serving("a"), new Relay("b", true, true, null, false, null))))
                .contains("Programmed=True", "Ready=True");
    }

    @Test
    void aRelayThatIsNotReadyIsNotWaitedFor() {
        assertThat(summary(status(running(2), serving("a"), new Relay("b", false, false, null, false, null))))
                .contains("Programmed=True");
    }

    @Test
    void anOldGenerationOfTheDeploymentDoesNotCount() {
        Deployment deployment = running(2);
        deployment.getMetadata().setGeneration(4L);
        assertThat(summary(status(deployment, serving("a"), serving("b"))))
                .containsExactly(
                        "Accepted=True",
                        "ResolvedRefs=True",
                        "Programmed=True",
                        "Ready=False/RollingOut",
                        "Reconciling=True");
    }

    @Test
    void aRelayThatServesAnotherConfigurationIsNamedByNumber() {
        var status = status(running(2), serving("a"), new Relay("b", true, false, null, false, heard("other", null)));
        assertThat(summary(status)).contains("Programmed=False/Pending", "Reconciling=True");
        assertThat(message(status, "Programmed")).isEqualTo("1 of 2 ready relays serve generation 7.");
    }

    @Test
    void aRelayThatRefusesItsFirstConfigurationSaysWhy() {
        var status = status(running(2), new Relay("a", false, false, null, false, heard(null, "listeners: none")));
        assertThat(summary(status)).contains("Programmed=False/ConfigRefused", "Stalled=True");
        assertThat(message(status, "Programmed")).isEqualTo("Relay a refuses the configuration: listeners: none");
    }

    @Test
    void aNameThatIsTakenIsAConflict() {
        var observed = new Observed(
                null,
                null,
                List.of(),
                List.of(new Failure("Service egress", true, "Service egress exists and is not this proxy's")));
        var status = Control.forwardStatus(PLAN, observed, null, EARLIER);
        assertThat(summary(status))
                .contains(
                        "Accepted=False/Conflicted",
                        "Programmed=False/ApplyFailed",
                        "Ready=False/Conflicted",
                        "Stalled=True");
    }

    @Test
    void whatTheApiServerRefusedIsSaid() {
        var observed = new Observed(
                null, null, List.of(), List.of(new Failure("Deployment egress-relay", false, "exceeded quota")));
        var status = Control.forwardStatus(PLAN, observed, null, EARLIER);
        assertThat(summary(status)).contains("Accepted=True", "Programmed=False/ApplyFailed", "Stalled=True");
        assertThat(message(status, "Stalled")).isEqualTo("Deployment egress-relay: exceeded quota.");
    }

    @Test
    void aRelayThatWaitsForItsSecretSaysSo() {
        var status = status(
                running(2), serving("a"), new Relay("b", true, false, null, false, new Acknowledgement.Waiting()));
        assertThat(summary(status))
                .contains("Programmed=False/WaitingForSecret", "Ready=False/WaitingForSecret", "Reconciling=True");
        assertThat(message(status, "Programmed"))
                .isEqualTo("1 of 2 ready relays serve generation 7. Relay b has it, and waits for the Secret with its"
                        + " certificates.");
    }

    @Test
    void isEqualWhenNothingChanged() {
        var first = status(running(2), serving("a"), serving("b"));
        var observed = new Observed(running(2), null, List.of(serving("a"), serving("b")), List.of());
        var second = Control.forwardStatus(PLAN, observed, first, LATER);
        assertThat(second).isEqualTo(first);
        assertThat(Event.between(PLAN, first.conditions(), requireNonNull(second.conditions())))
                .isEmpty();
    }

    @Test
    void aConditionKeepsItsTimeUntilItsStatusChanges() {
        var first = status(running(0));
        var observed = new Observed(running(2), null, List.of(serving("a"), serving("b")), List.of());
        var second = Control.forwardStatus(PLAN, observed, first, LATER);
        assertThat(condition(second, "Accepted").getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
        assertThat(condition(second, "Programmed").getLastTransitionTime()).isEqualTo("2026-01-01T12:05:00Z");
        assertThat(Event.between(PLAN, first.conditions(), requireNonNull(second.conditions())))
                .containsExactly(new Event(false, "Programmed", "All 2 ready relays serve generation 7."));
    }

    @Test
    void reasonsAreWordsThatKubernetesTakes() {
        for (Reason reason : Reason.values()) {
            assertThat(reason.word()).matches("[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?");
        }
    }

    @Test
    void aLongMessageIsCut() {
        var conditions = new Conditions(null, 1, EARLIER);
        conditions.add(ConditionType.READY, Judgement.bad(Reason.PENDING, "x".repeat(100_000)));
        assertThat(conditions.list().getFirst().getMessage()).hasSize(2_000).endsWith("x…");
    }

    private static ForwardProxyStatus status(Deployment deployment, Relay... relays) {
        return Control.forwardStatus(PLAN, new Observed(deployment, null, List.of(relays), List.of()), null, EARLIER);
    }

    private static Relay serving(String pod) {
        return new Relay(pod, true, false, null, false, heard(HASH, null));
    }

    private static Acknowledgement heard(String hash, String error) {
        return new Acknowledgement.Heard(hash, error);
    }

    private static Deployment running(int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("egress-relay")
                .withGeneration(3L)
                .endMetadata()
                .withNewStatus()
                .withObservedGeneration(3L)
                .withReplicas(replicas)
                .withUpdatedReplicas(replicas)
                .withAvailableReplicas(replicas)
                .endStatus()
                .build();
    }

    private static List<String> summary(ForwardProxyStatus status) {
        return requireNonNull(status.conditions()).stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus()
                        + (condition.getStatus().equals("False") ? "/" + condition.getReason() : ""))
                .toList();
    }

    private static Condition condition(ForwardProxyStatus status, String type) {
        return requireNonNull(Conditions.find(status.conditions(), type));
    }

    private static String message(ForwardProxyStatus status, String type) {
        return condition(status, type).getMessage();
    }
}
