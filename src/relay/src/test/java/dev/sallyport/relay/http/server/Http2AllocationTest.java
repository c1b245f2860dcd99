package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What the loop of a relay allocates on the heap for a stream to a kept connection, once it is warm. */
class Http2AllocationTest {
    private static final int WARM_UP = 10_000;
    private static final int MEASURED = 4_000;

    /** Netty's decoder makes strings of the fields that are sent as literals; the rest is to stay small. */
    private static final int MOST = 1_500;

    @Test
    void isLittle() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().silent().reverse(origin).start();
                Http2Wire client = rig.http2()) {
            ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
            try {
                requests(client, 0, WARM_UP);
                long allocated = allocatedByLoops();
                requests(client, WARM_UP, WARM_UP + MEASURED);
                double each = (double) (allocatedByLoops() - allocated) / MEASURED;
                assertThat(each).as("bytes for each request").isLessThan(MOST);
            } finally {
                ResourceLeakDetector.setLevel(before);
            }
        }
    }

    private static void requests(Http2Wire client, int from, int to) {
        for (int i = from; i < to; i++) {
            client.get(2 * i + 1, "/some/path?and=query").response(2 * i + 1);
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
