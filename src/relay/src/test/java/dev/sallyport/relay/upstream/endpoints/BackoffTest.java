package dev.sallyport.relay.upstream.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToItsMostAndBeginsAnewAfterSuccess() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), new SplittableRandom(1));
        for (int round = 0; round < 2; round++) {
            for (long most : new long[] {100, 200, 400, 800, 1000, 1000}) {
                assertThat(backoff.failed()).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
            }
            backoff.reset();
        }
    }

    @Test
    void setsThoseApartWhoFailedTogether() {
        Set<Duration> waits = new HashSet<>();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 100; i++) {
            waits.add(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), random.split()).failed());
        }
        assertThat(waits).hasSizeGreaterThan(90);
    }
}
