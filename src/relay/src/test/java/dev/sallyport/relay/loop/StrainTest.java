package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StrainTest {
    private static final long PERIOD = 67_000_000;
    private static final long MOST = 1000;

    private final AtomicLong bytes = new AtomicLong();
    private final Strain strain = new Strain(0, bytes::get, MOST);
    private long now;

    private boolean tooMuchAfter(long nanos) {
        now += nanos;
        strain.tick(now, PERIOD);
        return strain.tooMuch();
    }

    @Test
    void isNoneWhenTicksComeInTime() {
        for (int i = 0; i < 100; i++) {
            assertThat(tooMuchAfter(PERIOD + i * 1_000_000)).isFalse();
        }
    }

    @Test
    void isNoneAfterOneLongPause() {
        assertThat(tooMuchAfter(20_000_000_000L)).isFalse();
        for (int i = 0; i < 10; i++) {
            assertThat(tooMuchAfter(i % 2 == 0 ? PERIOD : 5_000_000_000L)).isFalse();
        }
    }

    @Test
    void beginsWhenTicksAreLateForAWhileAndEndsAtOnce() {
        for (int i = 1; i < Strain.LATE_TICKS; i++) {
            assertThat(tooMuchAfter(PERIOD + Strain.LATE_NANOS)).isFalse();
        }
        assertThat(tooMuchAfter(PERIOD + Strain.LATE_NANOS)).isTrue();
        assertThat(tooMuchAfter(PERIOD + Strain.LATE_NANOS)).isTrue();
        assertThat(tooMuchAfter(PERIOD)).isFalse();
    }

    @Test
    void isThatOfTheMemoryToo() {
        bytes.set(MOST);
        assertThat(tooMuchAfter(Strain.LOOK_NANOS)).isFalse();
        bytes.set(MOST + 1);
        assertThat(tooMuchAfter(PERIOD)).as("it is not summed up each time").isFalse();
        assertThat(tooMuchAfter(Strain.LOOK_NANOS)).isTrue();
        bytes.set(0);
        assertThat(tooMuchAfter(PERIOD)).isTrue();
        assertThat(tooMuchAfter(Strain.LOOK_NANOS)).isFalse();
    }
}
