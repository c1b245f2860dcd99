package dev.sallyport.relay.record;

import java.util.Arrays;

/** Arrays of {@link Count}. */
final class Counts {
    private Counts() {}

    static Count[] of(int length) {
        Count[] counts = new Count[length];
        Arrays.setAll(counts, i -> new Count());
        return counts;
    }
}
