package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int RATE = 100;

    private final Pace pace = new Pace(0);
    private long now;
    private long moved;

    PaceTest() {
        pace.begin(RATE, 0);
    }

    private boolean after(long nanos, int bytes, boolean waitedFor) {
        now += nanos;
        moved += bytes;
        return pace.tooSlow(now, moved, waitedFor);
    }

    @Test
    void theLeastRateIsEnough() {
        for (int i = 0; i < 1000; i++) {
            assertThat(after(Pace.LOOK, RATE, true)).isFalse();
        }
    }

    @Test
    void lessIsTooSlowAfterAWhile() {
        int looks = 0;
        while (!after(Pace.LOOK, RATE / 2, true)) {
            looks++;
        }
        assertThat(looks).isEqualTo(2 * Pace.PATIENCE);
    }

    @Test
    void nothingIsTooSlowAfterPatience() {
        for (int i = 0; i < Pace.PATIENCE; i++) {
            assertThat(after(Pace.LOOK, 0, true)).isFalse();
        }
        assertThat(after(Pace.LOOK, 0, true)).isTrue();
    }

    @Test
    void whoWasFastMayPauseButNotForEver() {
        assertThat(after(Pace.LOOK, 1_000_000, true)).isFalse();
        for (int i = 0; i < 2 * Pace.PATIENCE; i++) {
            assertThat(after(Pace.LOOK, 0, true)).isFalse();
        }
        assertThat(after(Pace.LOOK, 0, true)).isTrue();
    }

    @Test
    void onlyTheTimeThatIsWaitedForItCounts() {
        for (int i = 0; i < 100; i++) {
            assertThat(after(Pace.LOOK, 0, false)).isFalse();
        }
        assertThat(after(Pace.LOOK, 0, true)).isFalse();
    }

    @Test
    void aLateLookIsNobodysFault() {
        assertThat(after(60 * Pace.LOOK, 0, true)).isFalse();
        assertThat(after(60 * Pace.LOOK, 0, true)).isFalse();
    }

    @Test
    void whatIsOnItsWayUnseenIsAllowedFor() {
        Pace blurred = new Pace(10 * RATE);
        blurred.begin(RATE, 0);
        for (int i = 1; i <= 10 + Pace.PATIENCE; i++) {
            assertThat(blurred.tooSlow(i * Pace.LOOK, 0, true)).isFalse();
        }
        assertThat(blurred.tooSlow(100 * Pace.LOOK, 0, true)).isTrue();
    }
}
