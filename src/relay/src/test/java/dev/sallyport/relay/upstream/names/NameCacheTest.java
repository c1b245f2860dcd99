package dev.sallyport.relay.upstream.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameCacheTest {
    private static final long SECOND = 1_000_000_000;
    private static final List<InetAddress> SOME = List.of(InetAddress.getLoopbackAddress());

    private final NameCache cache = new NameCache();

    /** The clock may begin anywhere. */
    private final long start = Long.MAX_VALUE - 30 * SECOND;

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 5", "5, 5", "60, 60", "600, 600", "86400, 600", "4294967295, 600"})
    void keepsAnswersWithinBounds(long ttl, long seconds) {
        cache.found("a", SOME, ttl, start);
        long end = start + seconds * SECOND;
        assertThat(cache.get("a", end - 1)).matches(entry -> entry.fresh(end - 1) && !entry.stale(end - 1));
        assertThat(cache.get("a", end)).matches(entry -> !entry.fresh(end) && entry.stale(end));
        long cap = end + NameCache.STALE;
        assertThat(cache.get("a", cap - 1)).matches(entry -> entry.stale(cap - 1));
        assertThat(cache.get("a", cap)).isNull();
        assertThat(cache.get("a", start)).as("is forgotten").isNull();
    }

    @Test
    void keepsThatThereIsNothingForAMoment() {
        cache.notFound("a", start);
        assertThat(cache.get("a", start + SECOND - 1)).matches(entry -> entry.addresses.isEmpty());
        assertThat(cache.get("a", start + SECOND)).isNull();
    }

    @Test
    void knowsWhenTheServersFailed() {
        cache.found("a", SOME, 5, start);
        long now = start + 6 * SECOND;
        NameCache.Known entry = cache.get("a", now);
        assertThat(entry).matches(e -> e.retries(now) && !e.failing());
        entry.failed(now);
        assertThat(entry).matches(e -> e.failing() && !e.retries(now + NameCache.RETRY - 1));
        assertThat(entry.retries(now + NameCache.RETRY)).isTrue();
        assertThat(cache.found("a", SOME, 5, now).failing()).isFalse();
    }

    @Test
    void remembersWhichFamilyWon() {
        cache.found("a", SOME, 5, start).first = Family.V4;
        assertThat(cache.found("a", SOME, 5, start + 6 * SECOND).first).isEqualTo(Family.V4);
        assertThat(cache.found("b", SOME, 5, start).first).isEqualTo(Family.V6);
    }

    @Test
    void forgetsTheNamesThatWereNotUsedForLongest() {
        for (int i = 0; i < NameCache.NAMES; i++) {
            cache.found("n" + i, SOME, 60, start);
        }
        cache.get("n0", start);
        cache.found("more", SOME, 60, start);
        assertThat(cache.get("n0", start)).isNotNull();
        assertThat(cache.get("n1", start)).isNull();
        assertThat(cache.get("more", start)).isNotNull();
    }
}
