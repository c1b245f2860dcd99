package dev.sallyport.model.role;

import java.util.ArrayList;
import java.util.List;

/** A trail that keeps what it is told. */
final class Steps implements Trail {
    private record Step(String rule, String saw, boolean matched) {}

    private final List<Step> steps = new ArrayList<>();

    @Override
    public boolean wanted() {
        return true;
    }

    @Override
    public void step(String rule, String saw, boolean matched) {
        steps.add(new Step(rule, saw, matched));
    }

    /** {@code rule + what it saw}, with a minus where it did not match. */
    List<String> lines() {
        return steps.stream()
                .map(step -> step.rule + (step.matched ? " + " : " - ") + step.saw)
                .toList();
    }

    /** The rules that were told of, guards left aside. */
    List<String> rules() {
        return steps.stream()
                .map(Step::rule)
                .filter(rule -> !rule.equals("guards"))
                .toList();
    }

    List<String> matched() {
        return steps.stream()
                .filter(step -> step.matched && !step.rule.equals("guards"))
                .map(Step::rule)
                .toList();
    }
}
