package dev.sallyport.control.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a list of conditions. One whose status is as before keeps the time of its last transition. */
final class Conditions {
    private static final int LONGEST_MESSAGE = 2_000;

    private final @Nullable List<Condition> before;
    private final long generation;
    private final Instant now;
    private final List<Condition> list = new ArrayList<>();

    Conditions(@Nullable List<Condition> before, long generation, Instant now) {
        this.before = before;
        this.generation = generation;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    void add(ConditionType type, Judgement judgement) {
        String status = judgement.good() ? "True" : "False";
        Condition old = find(before, type.word());
        list.add(new ConditionBuilder()
                .withType(type.word())
                .withStatus(status)
                .withObservedGeneration(generation)
                .withLastTransitionTime(
                        old != null && status.equals(old.getStatus()) ? old.getLastTransitionTime() : now.toString())
                .withReason(judgement.reason().word())
                .withMessage(cut(judgement.message()))
                .build());
    }

    List<Condition> list() {
        return List.copyOf(list);
    }

    static @Nullable Condition find(@Nullable List<Condition> conditions, String type) {
        return conditions == null
                ? null
                : conditions.stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst()
                        .orElse(null);
    }

    private static String cut(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…";
    }
}
