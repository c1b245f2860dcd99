package dev.sallyport.relay.record;

import java.util.concurrent.TimeUnit;

/** Durations of one event loop, sorted into fixed buckets. */
final class Histogram {
    /** Upper bounds as they are shown, in seconds. */
    static final String[] BOUNDS = {
        "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30"
    };

    private static final long[] MICROS = {
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000
    };

    private final Count[] buckets = Counts.of(BOUNDS.length + 1);
    private final Count nanos = new Count();

    void add(long duration) {
        long micros = TimeUnit.NANOSECONDS.toMicros(duration);
        int bucket = 0;
        while (bucket < MICROS.length && micros > MICROS[bucket]) {
            bucket++;
        }
        buckets[bucket].add(1);
        nanos.add(duration);
    }

    /** How many fell into the bucket and not into a lower one; the last bucket has no bound. */
    long bucket(int index) {
        return buckets[index].get();
    }

    /** The sum of all, in nanoseconds. */
    long sum() {
        return nanos.get();
    }
}
