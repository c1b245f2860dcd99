package dev.sallyport.relay.record;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way from one writing to one reading thread: in a small ring, which is followed by a larger one when it is
 * full, as most relays never need the largest.
 */
final class LineQueue {
    private final int most;
    private Link writing;
    private volatile Link reading;

    private static final class Link {
        final LineRing ring;
        /** When there is one, nothing more is written to this one's ring. */
        volatile @Nullable Link next;

        Link(int size) {
            ring = new LineRing(size);
        }
    }

    /**
     * @param first the size of the first ring in bytes, a power of two
     * @param most that of the largest
     */
    LineQueue(int first, int most) {
        this.most = most;
        this.writing = new Link(first);
        this.reading = writing;
    }

    /** Adds a line, or returns false when there is no room. For the writing thread. */
    boolean offer(byte[] line, int length) {
        while (!writing.ring.offer(line, length)) {
            int size = writing.ring.size();
            if (size >= most) {
                return false;
            }
            Link larger = new Link(size * 4);
            writing.next = larger;
            writing = larger;
        }
        return true;
    }

    /** Whether there is nothing to read. */
    boolean isEmpty() {
        Link link = reading;
        return link.next == null && link.ring.isEmpty();
    }

    /** Moves all that is there to {@code out}. For the reading thread. */
    void drainTo(OutputStream out) throws IOException {
        while (true) {
            // Asked before the ring is emptied, as lines may come in between.
            Link next = reading.next;
            reading.ring.drainTo(out);
            if (next == null) {
                return;
            }
            reading = next;
        }
    }
}
