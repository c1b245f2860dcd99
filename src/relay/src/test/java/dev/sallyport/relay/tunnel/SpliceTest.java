package dev.sallyport.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.sallyport.model.config.Listener.Protocol;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Await;
import dev.sallyport.relay.rig.Listeners;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Long tunnels, whose bytes the kernel moves. */
class SpliceTest {
    private static final int ENOUGH = 256 << 10;

    @BeforeAll
    static void isThere() {
        assumeTrue(Transport.EPOLL.available());
    }

    private static Rig.Setup tcp(Origin origin) {
        return Rig.setup().reverse(origin).listeners(Listeners.speaking(Protocol.TCP));
    }

    /** Pipes that this process has open. */
    private static long pipes() {
        long count = 0;
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : all.toList()) {
                try {
                    count += Files.readSymbolicLink(each).toString().startsWith("pipe:") ? 1 : 0;
                } catch (IOException gone) {
                    // closed in the meantime
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    /** Carries enough each way that the tunnel is spliced from then on. */
    private static void warm(Wire client) {
        byte[] much = new byte[ENOUGH];
        long before = pipes();
        client.send(much);
        assertThat(client.read(ENOUGH)).hasSize(ENOUGH);
        Await.until("it is spliced", () -> pipes() == before + 4);
    }

    /** Sends back what it gets. */
    private static Origin echo() {
        return Origin.scripted((wire, number) -> {
            wire.socket().getInputStream().transferTo(wire.socket().getOutputStream());
            wire.endOutput();
        });
    }

    @Test
    void carriesAllBothWaysAndEndsEachHalf() throws Exception {
        byte[] data = new byte[48 << 20];
        new Random(1).nextBytes(data);
        long before = pipes();
        try (Origin origin = echo();
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> client.send(data).endOutput());
            byte[] back = client.socket().getInputStream().readNBytes(data.length / 2);
            assertThat(pipes()).isEqualTo(before + 4);
            byte[] rest = client.socket().getInputStream().readAllBytes();
            sender.join();
            assertThat(back.length + rest.length).isEqualTo(data.length);
            for (int i = 0; i < data.length; i++) {
                if (data[i] != (i < back.length ? back[i] : rest[i - back.length])) {
                    throw new AssertionError("byte " + i);
                }
            }
            RecordedDecision decision = rig.decision();
            assertThat(decision.end()).isEqualTo(End.COMPLETE);
            assertThat(decision.requestBytes()).isEqualTo(data.length);
            assertThat(decision.responseBytes()).isEqualTo(data.length);
            Await.until("its pipes are closed", () -> pipes() == before);
        }
    }

    @Test
    void letsOneSideGoOnAfterTheOtherHasEnded() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send(wire.read(ENOUGH));
                    wire.send("bye").endOutput();
                    wire.send("");
                    assertThat(wire.readAll()).isEqualTo("still here");
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            warm(client);
            assertThat(client.readAll()).isEqualTo("bye");
            client.send("still here").endOutput();
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void holdsBackASideWhoseOtherDoesNotRead() throws Exception {
        int size = 64 << 20;
        long[] sent = new long[1];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    byte[] block = new byte[64 << 10];
                    for (int i = 0; i < size; i += block.length) {
                        wire.send(block);
                        sent[0] += block.length;
                    }
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            Await.stillness("the origin is held back", () -> sent[0]);
            assertThat(sent[0]).isBetween(1L, size / 2L);
            assertThat(client.readAll()).hasSize(size);
        }
    }

    /** Neither reads before it has sent all of its own: what waits in one direction must not hold back the other. */
    @Test
    void letsOneDirectionWaitAlone() throws Exception {
        int size = 3 << 20;
        byte[] much = new byte[size];
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send(much);
                    wire.read(size);
                    wire.endOutput();
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            client.send(much);
            assertThat(client.readAll()).hasSize(size);
            client.endOutput();
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    @Test
    void breaksOneSideWithTheOther() throws Exception {
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send(wire.read(ENOUGH));
                    wire.read(1);
                    wire.reset();
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            warm(client);
            client.send("x");
            assertThat(client.ends()).isFalse();
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
        }
    }

    /** A socket that has ended its half is ready to be read for ever. */
    @Test
    void restsWhileOneHalfHasEnded() throws Exception {
        CountDownLatch rested = new CountDownLatch(1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send(wire.read(ENOUGH));
                    wire.readAll();
                    wire.send("more");
                    rested.await();
                    wire.send("last");
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            warm(client);
            client.endOutput();
            assertThat(client.read(4)).isEqualTo("more");
            assertIdle();
            rested.countDown();
            assertThat(client.readAll()).isEqualTo("last");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    /** As Netty once did not (CVE-2026-42577). */
    @Test
    void endsWithTheResetOfAHalfThatHadEnded() throws Exception {
        CountDownLatch reset = new CountDownLatch(1);
        try (Origin origin = Origin.scripted((wire, number) -> {
                    wire.send(wire.read(ENOUGH));
                    wire.readAll();
                    wire.send("more");
                    reset.await();
                });
                Rig rig = tcp(origin).start();
                Wire client = rig.connect()) {
            warm(client);
            client.endOutput();
            assertThat(client.read(4)).isEqualTo("more");
            client.reset();
            assertThat(rig.decision().end()).isEqualTo(End.CLIENT_CLOSED);
            assertIdle();
            reset.countDown();
        }
    }

    /** A loop that turns without an end takes all the time there is, one that waits next to none. */
    private static void assertIdle() {
        long cpu = cpuOfLoops();
        long until = System.nanoTime() + 500_000_000;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        assertThat(cpuOfLoops() - cpu).isLessThan(100_000_000);
    }

    private static long cpuOfLoops() {
        return ofLoops(thread -> ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId()));
    }

    private static long ofLoops(ToLongFunction<Thread> measure) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("loop-"))
                .mapToLong(measure)
                .sum();
    }

    @Test
    void endsWhatIsIdleWithItsPipes() throws Exception {
        long before = pipes();
        try (Origin origin = echo();
                Rig rig = tcp(origin)
                        .timeouts(t -> new Timeouts(
                                t.connect(),
                                t.response(),
                                t.request(),
                                t.stream(),
                                Duration.ofSeconds(1),
                                t.lifetime()))
                        .start();
                Wire client = rig.connect()) {
            warm(client);
            assertThat(client.ends()).isTrue();
            assertThat(rig.decision().end()).isEqualTo(End.IDLE_TIMEOUT);
            Await.until("its pipes are closed", () -> pipes() == before);
        }
    }

    @Test
    void allocatesNothing() throws Exception {
        try (Origin origin = echo();
                Rig rig = tcp(origin).silent().start();
                Wire client = rig.connect()) {
            ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
            try {
                rounds(client, 20_000);
                long allocated = allocatedByLoops();
                rounds(client, 5_000);
                double each = (double) (allocatedByLoops() - allocated) / 10_000;
                assertThat(each).as("bytes for each chunk").isLessThan(1);
            } finally {
                ResourceLeakDetector.setLevel(before);
            }
        }
    }

    private static void rounds(Wire client, int times) throws IOException {
        byte[] chunk = new byte[1000];
        for (int i = 0; i < times; i++) {
            client.socket().getOutputStream().write(chunk);
            client.socket().getInputStream().readNBytes(chunk, 0, chunk.length);
        }
    }

    private static long allocatedByLoops() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return ofLoops(thread -> threads.getThreadAllocatedBytes(thread.threadId()));
    }
}
