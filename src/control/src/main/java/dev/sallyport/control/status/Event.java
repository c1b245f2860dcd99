package dev.sallyport.control.status;

import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.plan.Plan;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that became the case and that a person may want to act on.
 *
 * @param warning whether it is bad
 * @param reason in one word
 */
public record Event(boolean warning, String reason, String message) {
    private static final Set<String> TOLD =
            Set.of(ConditionType.ACCEPTED.word(), ConditionType.RESOLVED_REFS.word(), ConditionType.PROGRAMMED.word());

    /** Passing states, of which nobody is told. */
    private static final Set<String> PASSING =
            Set.of(Reason.PENDING.word(), Reason.NO_RELAYS.word(), Reason.INVALID.word());

    /**
     * What became the case between two lists of conditions of the proxy of {@code plan}.
     *
     * @param before null for a proxy that had no status yet
     */
    public static List<Event> between(Plan plan, @Nullable List<Condition> before, List<Condition> after) {
        List<Event> events = new ArrayList<>();
        if (before == null
                && plan.subject().kind() == ProxyKind.FORWARD
                && plan.served() != null
                && plan.served().workload().running().networkPolicy()) {
            events.add(
                    new Event(
                            false,
                            Reason.ENFORCEMENT_NEEDED.word(),
                            "Who may use the proxy is said by its NetworkPolicy, which the cluster's network plugin must enforce."));
        }
        for (Condition condition : after) {
            Condition old = Conditions.find(before, condition.getType());
            boolean fine = "True".equals(condition.getStatus());
            boolean changed = old == null
                    || !old.getStatus().equals(condition.getStatus())
                    || !old.getReason().equals(condition.getReason());
            boolean told = switch (condition.getType()) {
                case "Stalled" -> !TOLD.contains(causeOf(condition, after));
                case "Programmed" -> fine || !PASSING.contains(condition.getReason());
                default ->
                    TOLD.contains(condition.getType())
                            && (!fine
                                    || old != null
                                    || condition.getReason().equals(Reason.CERTIFICATE_EXPIRED.word()));
            };
            if (changed && told) {
                events.add(new Event(
                        !fine
                                || condition.getType().equals(ConditionType.STALLED.word())
                                || condition.getReason().equals(Reason.CERTIFICATE_EXPIRED.word()),
                        condition.getReason(),
                        condition.getMessage()));
            }
        }
        return events;
    }

    /** The condition that is false for the same reason. */
    private static String causeOf(Condition stalled, List<Condition> conditions) {
        return conditions.stream()
                .filter(condition -> condition.getReason().equals(stalled.getReason())
                        && "False".equals(condition.getStatus())
                        && TOLD.contains(condition.getType()))
                .map(Condition::getType)
                .findFirst()
                .orElse("");
    }
}
