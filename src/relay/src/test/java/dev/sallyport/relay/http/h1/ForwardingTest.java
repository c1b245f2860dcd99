package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Nothing goes on that a strict reader takes for anything else than one message of the same meaning. */
class ForwardingTest {
    private static final int ROUNDS = 30_000;

    @Test
    void theCorpusGoesOnAsItWasMeant() {
        for (String text : Corpus.GOOD) {
            assertThat(Forwarding.check(Transcript.bytes(text))).as(text).isPositive();
        }
        for (String text : Corpus.all()) {
            Forwarding.check(Transcript.bytes(text));
        }
    }

    @Test
    void variationsGoOnAsTheyWereMeant() {
        long seed = Long.getLong("sallyport.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> all = Corpus.all();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = Corpus.vary(all, random);
            try {
                accepted += Forwarding.check(Transcript.bytes(text));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dsallyport.seed=" + seed + " round " + round + ": " + text, e);
            }
        }
        assertThat(accepted).as("accepted of %d, seed %d", ROUNDS, seed).isBetween(ROUNDS / 5, ROUNDS * 3);
    }

    @Test
    void variationsReadTheSameHoweverTheyAreCut() {
        long seed = Long.getLong("sallyport.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> all = Corpus.all();
        for (int round = 0; round < 300; round++) {
            String text = Corpus.vary(all, random);
            try {
                Transcript.ofAnyCut(text);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dsallyport.seed=" + seed + " round " + round + ": " + text, e);
            }
        }
    }
}
