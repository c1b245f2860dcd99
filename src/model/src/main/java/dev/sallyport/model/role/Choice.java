package dev.sallyport.model.role;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Verdicts by weight, one of which is picked. */
final class Choice {
    private final Verdict[] verdicts;
    /** For each verdict the sum of the weights up to it. */
    private final int[] sums;

    /** @param weights one for each verdict, with a sum above 0 */
    Choice(List<Verdict> verdicts, int[] weights) {
        this.verdicts = verdicts.toArray(Verdict[]::new);
        this.sums = weights.clone();
        Arrays.parallelPrefix(sums, Math::addExact);
    }

    Verdict pick(IntUnaryOperator random) {
        if (verdicts.length == 1) {
            return verdicts[0];
        }
        int number = random.applyAsInt(sums[sums.length - 1]);
        int i = 0;
        while (sums[i] <= number) {
            i++;
        }
        return verdicts[i];
    }
}
