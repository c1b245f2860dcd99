package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sallyport.model.config.InvalidConfigException;
import dev.sallyport.model.role.AddressPolicy;
import dev.sallyport.model.role.Destination;
import dev.sallyport.model.role.Timeouts;
import dev.sallyport.model.role.Tracing;
import dev.sallyport.model.role.Verdict;
import dev.sallyport.relay.http.h2.Frames;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the loop of a relay allocates on the heap for a request between kept connections, once it is warm. */
class AllocationTest {
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 10_000;

    /** Bytes. What is allocated now and then, as time passes, comes to less, even on a slow machine. */
    private static final int LEAST_OBJECT = 16;

    /** Streams that run side by side. */
    private static final int AT_A_TIME = 10;

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
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String GET = "GET /some/path?and=query HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: test\r\n"
            + "Accept: */*\r\nCookie: a=b; c=d\r\n\r\n";

    @Test
    void isNothing() throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = rig(origin);
                Wire client = rig.connect()) {
            assertThat(perRequest(number -> {
                        client.send(GET);
                        client.readResponse();
                    }))
                    .isLessThan(LEAST_OBJECT);
        }
    }

    /** Streams of a client's connection, the fields of which it compresses. */
    @Test
    void isNothingForStreams() throws Exception {
        DefaultHttp2HeadersEncoder encoder =
                new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, false, 16, 0);
        try (Origin origin = Origin.saying("hello");
                Rig rig = rig(origin);
                Http2Wire client = rig.http2()) {
            assertThat(perRequest(number -> {
                        int stream = 2 * number + 1;
                        byte[] block = block(encoder, number);
                        client.frame(Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, stream, block);
                        if ((number + 1) % AT_A_TIME == 0) {
                            for (int i = AT_A_TIME - 1; i >= 0; i--) {
                                client.response(stream - 2 * i);
                            }
                        }
                    }))
                    .isLessThan(LEAST_OBJECT);
        }
    }

    private static byte[] block(DefaultHttp2HeadersEncoder encoder, int number) {
        Http2Headers fields = new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("http")
                .authority("shop.example")
                .path("/some/path?and=query")
                .add("user-agent", "test")
                .add("cookie", "a=b")
                .add("cookie", "c=d")
                .add("traceparent", TRACEPARENT)
                .add("tracestate", "a=" + number)
                .add("tracestate", "b=c")
                .add("x-number", String.valueOf(number));
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, fields, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        return ByteBufUtil.getBytes(block);
    }

    private static Rig rig(Origin origin) throws InvalidConfigException {
        return Rig.setup()
                .silent()
                .role("web", (ask, peer, trail) -> VERDICT)
                .tracing(Tracing.BEGIN)
                .reverse(origin)
                .start();
    }

    /** The bytes that are allocated for each request, the next of which is made by its number. */
    private static double perRequest(IntConsumer request) {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try {
            IntStream.range(0, WARM_UP).forEach(request);
            long allocated = allocatedByLoops();
            IntStream.range(WARM_UP, WARM_UP + MEASURED).forEach(request);
            return (double) (allocatedByLoops() - allocated) / MEASURED;
        } finally {
            ResourceLeakDetector.setLevel(before);
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
