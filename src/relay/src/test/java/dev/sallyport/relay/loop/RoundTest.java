package dev.sallyport.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RoundTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final Round round = new Round(tasks::add);

    private void end() {
        tasks.remove().run();
    }

    @Test
    void endsOnceForAllThatWait() {
        round.atEnd(() -> done.add("first"));
        round.atEnd(() -> done.add("second"));
        assertThat(done).isEmpty();
        end();
        assertThat(done).containsExactly("first", "second");
        assertThat(tasks).isEmpty();

        round.atEnd(() -> done.add("third"));
        end();
        assertThat(done).containsExactly("first", "second", "third");
    }

    @Test
    void whatComesWhileItEndsStillRuns() {
        round.atEnd(() -> {
            done.add("first");
            round.atEnd(() -> done.add("last"));
        });
        round.atEnd(() -> done.add("second"));
        end();
        assertThat(done).containsExactly("first", "second", "last");
        assertThat(tasks).isEmpty();
    }

    @Test
    void oneThatFailsKeepsNoOtherFromRunning() {
        round.atEnd(() -> {
            throw new IllegalStateException("as it should");
        });
        for (int i = 0; i < 1000; i++) {
            round.atEnd(() -> done.add("other"));
        }
        end();
        assertThat(done).hasSize(1000);
    }
}
