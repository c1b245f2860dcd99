package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the loop of a relay allocates on the heap for a request between kept connections, once it is warm. */
class AllocationTest {
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 10_000;
    private static final Verdict VERDICT = new Verdict.To(
            new Destination.Cluster("backend"),
            "rule",
            Rig.TRANSPARENT,
            AddressPolicy.ANY,
            new Timeouts(
                    Duration.ZERO,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ZERO),
            1,
            null);
    private static final String GET = "GET /some/path?and=query HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: test\r\n"
            + "Accept: */*\r\nCookie: a=b; c=d\r\n\r\n";

    @Test
    void isNothing() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup()
                        .silent()
                        .role("web", (ask, peer, trail) -> VERDICT)
                        .reverse(origin)
                        .start();
                Wire client = rig.connect()) {
            ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
            try {
                request(client, WARM_UP);
                long allocated = allocatedByLoops();
                request(client, MEASURED);
                double each = (double) (allocatedByLoops() - allocated) / MEASURED;
                assertThat(each).as("bytes for each request").isLessThan(1);
            } finally {
                ResourceLeakDetector.setLevel(before);
            }
        }
    }

    private static void request(Wire client, int times) {
        for (int i = 0; i < times; i++) {
            client.send(GET);
            client.readResponse();
        }
    }

    private static long allocatedByLoops() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("loop-"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }
}
