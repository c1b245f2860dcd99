package dev.sallyport.relay.loop;

import org.jspecify.annotations.Nullable;

/** A moment after which something happens, unless it is moved or cleared before. To be touched on its loop alone. */
public final class Deadline {
    static final int NOT_FILED = -1;
    private static final long NEVER = Long.MAX_VALUE;

    private final Deadlines deadlines;
    private final Deadlines.Expiry expiry;
    private long filedFor = NEVER;

    long at = NEVER;
    int slot = NOT_FILED;

    @Nullable
    Deadline previous;

    @Nullable
    Deadline next;

    Deadline(Deadlines deadlines, Deadlines.Expiry expiry) {
        this.deadlines = deadlines;
        this.expiry = expiry;
    }

    /** Sets or moves it to {@code at}, a time of {@link System#nanoTime()}. */
    public void set(long at) {
        this.at = at;
        if (slot != NOT_FILED) {
            if (at >= filedFor) {
                return;
            }
            deadlines.unfile(this);
        }
        file();
    }

    /** Takes it back. */
    public void clear() {
        at = NEVER;
    }

    /** Takes it back and lets go of its owner at once, which is gone. */
    public void remove() {
        at = NEVER;
        if (slot != NOT_FILED) {
            deadlines.unfile(this);
        }
    }

    void visit(long now) {
        if (at == NEVER) {
            return;
        }
        if (at <= now) {
            at = NEVER;
            expiry.expired(now);
        } else {
            file();
        }
    }

    private void file() {
        filedFor = at;
        deadlines.file(this);
    }
}
