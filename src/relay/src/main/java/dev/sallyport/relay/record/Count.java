package dev.sallyport.relay.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one event loop changes and any thread reads: as cheap as a plain field for the loop, never torn or stuck for the reader. */
final class Count {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Count.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable")
    private long value;

    void add(long more) {
        VALUE.setOpaque(this, (long) VALUE.getOpaque(this) + more);
    }

    long get() {
        return (long) VALUE.getOpaque(this);
    }
}
