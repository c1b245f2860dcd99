package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final Deadlines deadlines = new Deadlines(0);
    private final List<Long> expired = new ArrayList<>();

    private Deadline deadline() {
        return deadlines.deadline(expired::add);
    }

    @Test
    void expiresOnceAndNeverEarly() {
        Deadline deadline = deadline();
        deadline.set(10 * Deadlines.TICK + 5);
        deadlines.advance(10 * Deadlines.TICK);
        assertThat(expired).isEmpty();
        deadlines.advance(11 * Deadlines.TICK);
        assertThat(expired).containsExactly(11 * Deadlines.TICK);
        deadlines.advance(5000 * Deadlines.TICK);
        assertThat(expired).hasSize(1);
    }

    @Test
    void canBeMovedEitherWayClearedAndSetAgain() {
        Deadline deadline = deadline();
        deadline.set(10 * Deadlines.TICK);
        deadline.set(20 * Deadlines.TICK);
        deadlines.advance(15 * Deadlines.TICK);
        assertThat(expired).isEmpty();
        deadline.set(16 * Deadlines.TICK);
        deadlines.advance(17 * Deadlines.TICK);
        assertThat(expired).hasSize(1);
        deadline.set(18 * Deadlines.TICK);
        deadline.clear();
        deadlines.advance(30 * Deadlines.TICK);
        assertThat(expired).hasSize(1);
        deadline.set(31 * Deadlines.TICK);
        deadline.remove();
        deadline.remove();
        deadlines.advance(60 * Deadlines.TICK);
        assertThat(expired).hasSize(1);
    }

    @Test
    void reachesBeyondTheWheel() {
        deadline().set(10_000 * Deadlines.TICK);
        for (long tick = 0; tick < 10_000; tick++) {
            deadlines.advance(tick * Deadlines.TICK);
        }
        assertThat(expired).isEmpty();
        deadlines.advance(10_001 * Deadlines.TICK);
        assertThat(expired).hasSize(1);
    }

    @Test
    void catchesUpAfterALongPause() {
        deadline().set(3 * Deadlines.TICK);
        deadline().set(2000 * Deadlines.TICK);
        deadline().set(90_000 * Deadlines.TICK);
        deadlines.advance(50_000 * Deadlines.TICK);
        assertThat(expired).hasSize(2);
        deadlines.advance(90_001 * Deadlines.TICK);
        assertThat(expired).hasSize(3);
    }

    @Test
    void mayBeSetAndRemovedWhileOthersExpire() {
        List<Deadline> all = new ArrayList<>();
        int[] runs = new int[1];
        for (int i = 0; i < 10; i++) {
            int other = (i + 3) % 10;
            all.add(deadlines.deadline(now -> {
                runs[0]++;
                all.get(other).remove();
                if (runs[0] < 20) {
                    all.get(other).set(now + Deadlines.TICK);
                }
            }));
        }
        all.forEach(each -> each.set(5 * Deadlines.TICK));
        for (long tick = 0; tick < 100; tick++) {
            deadlines.advance(tick * Deadlines.TICK);
        }
        assertThat(runs[0]).isBetween(20, 30);
    }

    @Test
    void agreesWithAPlainList() {
        Random random = new Random(7);
        int count = 200;
        long[] at = new long[count];
        int[] fired = new int[count];
        Deadline[] all = new Deadline[count];
        for (int i = 0; i < count; i++) {
            int self = i;
            all[i] = deadlines.deadline(now -> {
                assertThat(at[self]).isLessThanOrEqualTo(now);
                at[self] = Long.MAX_VALUE;
                fired[self]++;
            });
            at[i] = Long.MAX_VALUE;
        }
        for (long tick = 1; tick < 20_000; tick++) {
            long now = tick * Deadlines.TICK;
            for (int i = 0; i < 5; i++) {
                int one = random.nextInt(count);
                if (random.nextInt(4) == 0) {
                    all[one].clear();
                    at[one] = Long.MAX_VALUE;
                } else {
                    at[one] = now + random.nextLong(3000 * Deadlines.TICK);
                    all[one].set(at[one]);
                }
            }
            deadlines.advance(now);
            for (int i = 0; i < count; i++) {
                assertThat(at[i]).as("late at %s", tick).isGreaterThan(now - 2 * Deadlines.TICK);
            }
        }
        assertThat(Arrays.stream(fired).sum()).isGreaterThan(5 * count / 2);
    }
}
