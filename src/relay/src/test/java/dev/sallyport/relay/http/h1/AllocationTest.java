package dev.sallyport.relay.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sallyport.relay.http.FieldName;
import dev.sallyport.relay.http.FieldSet;
import dev.sallyport.relay.http.HeadLimits;
import dev.sallyport.relay.http.Method;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A warmed connection makes no garbage. */
class AllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int ROUNDS = 10_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final FieldSet DROPPED = FieldSet.ofNames(List.of("forwarded", "x-internal", "x-other"));

    private final ByteBuf in = untracked();
    private final ByteBuf out = untracked();

    /** A buffer that the leak detector does not follow: it would make objects to do so. */
    private static ByteBuf untracked() {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try {
            return PooledByteBufAllocator.DEFAULT.directBuffer(4096);
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    @AfterEach
    void release() {
        in.release();
        out.release();
    }

    /** The bytes that many rounds allocate on a thread like that of an event loop, after a warm-up. */
    private static long allocated(Runnable round) throws Exception {
        FutureTask<Long> measurement = new FutureTask<>(() -> {
            repeat(round, WARM_UP);
            long least = Long.MAX_VALUE;
            for (int attempt = 0; attempt < 5; attempt++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                repeat(round, ROUNDS);
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            return least;
        });
        new FastThreadLocalThread(measurement).start();
        return measurement.get(60, TimeUnit.SECONDS);
    }

    private static void repeat(Runnable round, int times) {
        for (int i = 0; i < times; i++) {
            round.run();
        }
    }

    private void fill(String text) {
        in.clear().writeBytes(Transcript.bytes(text));
    }

    @Test
    void aRequestIsReadAndWrittenWithoutAllocation() throws Exception {
        String text = "POST http://shop.example:8080/api/orders/%41/../7?page=2 HTTP/1.1\r\nHost: shop.example\r\n"
                + "User-Agent: curl/8.5.0\r\nAccept: */*\r\nCookie: a=b\r\nCookie: c=d\r\nX-Internal: 1\r\n"
                + "Connection: keep-alive, x-hop\r\nX-Hop: 2\r\nX-Other: 3\r\nContent-Length: 5\r\n\r\nhello";
        fill(text);
        RequestParser parser = new RequestParser(new RequestHead(), HeadLimits.DEFAULT);
        BodyReader body = new BodyReader();
        long bytes = allocated(() -> {
            in.readerIndex(0);
            out.clear();
            parser.reset();
            check(parser.parse(in) == Progress.COMPLETE);
            RequestHead head = parser.head();
            check(head.normalizePath() == null);
            check(head.host().equalsLowerCase("shop.example"));
            check(head.path().startsWith("/api/"));
            check(head.field("cookie") != null && head.field("x-nothing") == null);
            check(head.field(FieldName.USER_AGENT) != null);
            HeadWriter.requestLine(out, head);
            HeadWriter.fields(out, head, DROPPED);
            HeadWriter.framing(out, head);
            HeadWriter.field(out, FieldName.X_FORWARDED_HOST, head.authority());
            HeadWriter.end(out);
            body.begin(head);
            check(body.next(in) == BodyReader.Part.DATA);
            body.slice().release();
            check(body.next(in) == BodyReader.Part.END);
        });
        assertThat(bytes).as("bytes in %d requests", ROUNDS).isZero();
    }

    @Test
    void aResponseIsReadAndWrittenWithoutAllocation() throws Exception {
        fill("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n400\r\n" + "x".repeat(1024)
                + "\r\n0\r\nServer-Timing: a\r\n\r\n");
        ResponseParser parser = new ResponseParser(new ResponseHead(), HeadLimits.DEFAULT);
        BodyReader body = new BodyReader();
        long bytes = allocated(() -> {
            in.readerIndex(0);
            out.clear();
            parser.reset();
            parser.answers(Method.GET);
            check(parser.parse(in) == Progress.COMPLETE);
            HeadWriter.statusLine(out, parser.head());
            HeadWriter.fields(out, parser.head(), DROPPED);
            HeadWriter.framing(out, parser.head());
            HeadWriter.end(out);
            body.begin(parser.head());
            while (body.next(in) == BodyReader.Part.DATA) {
                ByteBuf slice = body.slice();
                Chunks.begin(out, slice.readableBytes());
                slice.release();
                Chunks.end(out);
            }
            check(body.fault() == null);
            Chunks.last(out, null);
        });
        assertThat(bytes).as("bytes in %d responses", ROUNDS).isZero();
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
