package dev.sallyport.relay.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LineQueueTest {
    private final LineQueue queue = new LineQueue(64, 1024);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private boolean offer(int number) {
        byte[] line = String.format("line %04d%n", number).getBytes(StandardCharsets.US_ASCII);
        return queue.offer(line, line.length);
    }

    private static String lines(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(String.format("line %04d%n", i));
        }
        return text.toString();
    }

    private String drained() throws IOException {
        out.reset();
        queue.drainTo(out);
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void growsToItsLimitAndRefusesWholeLinesBeyond() throws Exception {
        int taken = 0;
        while (offer(taken)) {
            taken++;
        }
        assertThat(taken).as("64, 256 and 1024 bytes of 10 each").isEqualTo(6 + 25 + 102);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(drained()).isEqualTo(lines(0, taken));
        assertThat(queue.isEmpty()).isTrue();
        assertThat(offer(taken)).isTrue();
        assertThat(drained()).isEqualTo(lines(taken, taken + 1));
    }

    @Test
    void losesNothingBetweenTwoThreads() throws Exception {
        int lines = 10_000;
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < lines; i++) {
                while (!offer(i)) {
                    Thread.onSpinWait();
                }
            }
        });
        while (writer.isAlive() || !queue.isEmpty()) {
            queue.drainTo(out);
        }
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(lines(0, lines));
    }
}
