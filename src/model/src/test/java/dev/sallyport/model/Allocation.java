package dev.sallyport.model;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a piece of code allocates on the heap. */
public final class Allocation {
    private static final int WARM_UP = 2_000;
    private static final int RUNS = 20_000;

    private Allocation() {}

    /** The bytes of one warmed run, rounded down. */
    public static long perRun(Runnable code) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(code, WARM_UP);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(code, RUNS);
        return (threads.getCurrentThreadAllocatedBytes() - before) / RUNS;
    }

    private static void run(Runnable code, int times) {
        for (int i = 0; i < times; i++) {
            code.run();
        }
    }
}
