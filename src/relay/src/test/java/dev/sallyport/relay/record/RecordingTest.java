package dev.sallyport.relay.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sallyport.model.config.Telemetry;
import dev.sallyport.relay.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private final Metrics metrics = new Metrics();

    private static Decision decision(String path) {
        Decision decision = new Decision();
        decision.reset(0, 0);
        decision.path.set(path);
        return decision;
    }

    @Test
    void writesEveryLineOfEveryLoopWholeAndInOrder() throws Exception {
        int loops = 3;
        int each = 20_000;
        // Read by the test only after close(), which waits for the writer.
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Recording recording = Recording.toStream(metrics, out);
        List<Thread> threads = new ArrayList<>();
        long[] dropped = new long[loops];
        for (int loop = 0; loop < loops; loop++) {
            Recorder recorder = recording.forLoop();
            String name = "loop-" + loop;
            threads.add(Thread.ofPlatform().start(() -> {
                Decision decision = new Decision();
                decision.listener = name;
                for (int i = 1; i <= each; i++) {
                    decision.reset(0, 0);
                    decision.path.set("/" + "x".repeat(i % 97));
                    decision.status = i;
                    recorder.record(decision);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        recording.close();

        int[] last = new int[loops];
        int lines = 0;
        for (String line : out.toString(StandardCharsets.US_ASCII).split("\n")) {
            JsonNode json = new ObjectMapper().readTree(line);
            int loop = json.get("listener").textValue().charAt(5) - '0';
            int number = json.get("status").intValue();
            assertThat(number).isGreaterThan(last[loop]);
            assertThat(json.get("path").textValue()).hasSize(1 + number % 97);
            last[loop] = number;
            lines++;
        }
        assertThat(lines + sample("sallyport_access_log_dropped_total")).isEqualTo(loops * each);
        assertThat(lines).isGreaterThan(1000);
    }

    @Test
    void dropsAndCountsWhenNobodyReads() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        Recording recording = Recording.toStream(metrics, new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void write(byte[] bytes, int from, int length) {
                stuck.countDown();
                try {
                    read.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Recorder recorder = recording.forLoop();
        recorder.record(decision("/first"));
        stuck.await();
        Decision decision = decision("/" + "y".repeat(2_000));
        for (int i = 0; i < 5_000; i++) {
            recorder.record(decision);
        }
        assertThat(sample("sallyport_access_log_dropped_total")).isBetween(4_000L, 4_999L);
        read.countDown();
        recording.close();
        assertThat(metrics.text())
                .contains("sallyport_requests_total{role=\"forward\",listener=\"\",kind=\"request\","
                        + "verdict=\"refused\",code=\"none\"} 5001");
    }

    @Test
    void wakesForALineAfterALongRest() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<Thread> writer = new AtomicReference<>();
        try (Recording recording = Recording.toStream(metrics, new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void write(byte[] bytes, int from, int length) {
                if (length > 0) {
                    lines.add(new String(bytes, from, length, StandardCharsets.US_ASCII));
                }
            }

            @Override
            public void flush() {
                writer.set(Thread.currentThread());
            }
        })) {
            Recorder recorder = recording.forLoop();
            for (int i = 1; i <= 3; i++) {
                Await.until("the writer sleeps", () -> writer.get().getState() == Thread.State.WAITING);
                recorder.record(decision("/" + i));
                int expected = i;
                Await.until("line " + i, () -> lines.size() == expected);
            }
        }
        assertThat(lines).hasSize(3).last().asString().contains("\"path\":\"/3\"");
    }

    @Test
    void writesNothingWhenTurnedOff() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Recording recording = Recording.toStream(metrics, out);
        Recorder recorder = recording.forLoop();
        recording.accessLog(Telemetry.AccessLog.NONE);
        recorder.record(decision("/unseen"));
        recording.accessLog(Telemetry.AccessLog.JSON);
        recorder.record(decision("/seen"));
        recording.close();
        assertThat(out.toString(StandardCharsets.US_ASCII)).contains("/seen").doesNotContain("/unseen");
    }

    @Test
    void showsASinkWhatToKeep() {
        List<RecordedDecision> seen = Collections.synchronizedList(new ArrayList<>());
        Recording recording = Recording.toSink(metrics, seen::add);
        Recorder recorder = recording.forLoop();
        Decision decision = decision("/one");
        decision.connectNanos = 5;
        recorder.record(decision);
        decision.reset(1, 1);
        decision.path.set("/two");
        recorder.record(decision);
        recording.close();
        assertThat(seen).extracting(RecordedDecision::path).containsExactly("/one", "/two");
        assertThat(seen.getFirst().connect()).hasNanos(5);
        assertThat(seen.getLast().connect()).isNull();
    }

    private long sample(String name) {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
