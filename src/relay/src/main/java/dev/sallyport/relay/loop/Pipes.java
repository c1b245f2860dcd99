package dev.sallyport.relay.loop;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of the process, by which the kernel moves bytes between sockets. Each takes two descriptors and 64 KiB of the
 * kernel's memory, so there are only so many: the system makes those of one user beyond its {@code pipe-user-pages-soft},
 * 1024 of that size, so small that they do more harm than good. Thread-safe.
 */
public final class Pipes {
    /** What a pipe holds, in bytes. */
    public static final int CAPACITY = 64 << 10;

    private static final int MOST = 1000;

    /** A pipe takes two descriptors, and three quarters should be left to connections. */
    private static final int SHARE = 8;

    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    /** @param descriptors that the process may have */
    Pipes(long descriptors) {
        this.most = (int) Math.min(MOST, descriptors / SHARE);
    }

    /** A new one, or null when there are enough. */
    public @Nullable Pipe open() {
        if (open.incrementAndGet() <= most) {
            try {
                FileDescriptor[] ends = FileDescriptor.pipe();
                return new Pipe(ends[0], ends[1]);
            } catch (IOException e) {
                // Out of descriptors. Those who asked have another way.
            }
        }
        open.decrementAndGet();
        return null;
    }

    /** How many are open. */
    public int count() {
        return open.get();
    }

    /** Two ends of one pipe. */
    public final class Pipe implements AutoCloseable {
        private final FileDescriptor out;
        private final FileDescriptor in;

        private Pipe(FileDescriptor out, FileDescriptor in) {
            this.out = out;
            this.in = in;
        }

        /** The descriptor that bytes go into. */
        public int in() {
            return in.intValue();
        }

        /** The descriptor that they come out of. */
        public int out() {
            return out.intValue();
        }

        /** Throws away what is in it. To be called once. */
        @Override
        public void close() {
            open.decrementAndGet();
            try {
                out.close();
                in.close();
            } catch (IOException e) {
                throw new IllegalStateException("a pipe could not be closed", e);
            }
        }
    }
}
