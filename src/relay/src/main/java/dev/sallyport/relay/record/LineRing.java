package dev.sallyport.relay.record;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A ring of bytes with one writing and one reading thread. What is written comes out whole: a line is there or it is not. */
final class LineRing {
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(LineRing.class, "head", long.class);
            TAIL = lookup.findVarHandle(LineRing.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final byte[] bytes;
    /** How many bytes were read, ever. */
    private volatile long head;
    /** How many bytes were written, ever. */
    private volatile long tail;

    /**
     * @param size in bytes, a power of two
     */
    LineRing(int size) {
        this.bytes = new byte[size];
    }

    int size() {
        return bytes.length;
    }

    /** Adds a line, or returns false when there is no room. For the writing thread. */
    boolean offer(byte[] line, int length) {
        long to = (long) TAIL.get(this);
        if (length > bytes.length - (to - (long) HEAD.getAcquire(this))) {
            return false;
        }
        int at = (int) (to & (bytes.length - 1));
        int first = Math.min(length, bytes.length - at);
        System.arraycopy(line, 0, bytes, at, first);
        System.arraycopy(line, first, bytes, 0, length - first);
        TAIL.setVolatile(this, to + length);
        return true;
    }

    /** Whether there is nothing to read. */
    boolean isEmpty() {
        return head == tail;
    }

    /** Moves all that is there to {@code out}. For the reading thread. */
    void drainTo(OutputStream out) throws IOException {
        long from = head;
        int length = (int) (tail - from);
        int at = (int) (from & (bytes.length - 1));
        int first = Math.min(length, bytes.length - at);
        try {
            out.write(bytes, at, first);
            out.write(bytes, 0, length - first);
        } finally {
            HEAD.setRelease(this, from + length);
        }
    }
}
