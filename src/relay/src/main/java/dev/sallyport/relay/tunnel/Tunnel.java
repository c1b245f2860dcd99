package dev.sallyport.relay.tunnel;

import dev.sallyport.model.role.Timeouts;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.Decision;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Two ends on one loop joined to each other. Each side may end its half while the other goes on; a side that breaks
 * breaks the other, too, so that nobody takes a cut stream for a whole one.
 */
public final class Tunnel {
    private static final long NEVER = Long.MAX_VALUE;

    /** So that a short tunnel costs no pipes. */
    private static final long SPLICE_FROM = 64 << 10;

    private final Loop loop;
    private final Decision decision;
    private final Runnable ended;
    private final Deadline deadline;
    private final long idleNanos;
    private final long endOfLife;
    private final Side client;
    private final Side origin;
    private long active;
    private boolean judged;
    private @Nullable Splice splice;
    private boolean over;
    private Decision.End atBest = Decision.End.COMPLETE;

    /**
     * @param client the end towards who asked
     * @param origin the end towards the destination
     * @param decision is told the bytes each way and why the tunnel ended
     * @param ended is run once, when both ends are closed or closing
     */
    public Tunnel(Loop loop, TunnelEnd client, TunnelEnd origin, Timeouts timeouts, Decision decision, Runnable ended) {
        this.loop = loop;
        this.decision = decision;
        this.ended = ended;
        this.deadline = loop.deadline(this::passed);
        this.active = System.nanoTime();
        this.idleNanos = nanos(timeouts.idle());
        this.endOfLife = timeouts.lifetime().isZero() ? NEVER : active + nanos(timeouts.lifetime());
        this.client = new Side(this, client, Decision.End.CLIENT_CLOSED);
        this.origin = new Side(this, origin, Decision.End.UPSTREAM_CLOSED);
        this.client.join(this.origin);
        this.origin.join(this.client);
    }

    private static long nanos(Duration limit) {
        return limit.isZero() ? NEVER : limit.toNanos();
    }

    /** Begins to carry bytes. */
    public void open() {
        client.open();
        origin.open();
        origin.flush();
        client.flush();
        client.noticeEnd();
        origin.noticeEnd();
        watch();
        client.readOn();
        origin.readOn();
    }

    /** Ends it from outside. */
    public void close(Decision.End why) {
        if (!over) {
            finish(why);
            closeEnds();
        }
    }

    private void closeEnds() {
        if (splice != null) {
            splice.close();
        } else {
            client.close();
            origin.close();
        }
    }

    boolean isOver() {
        return over;
    }

    void carried(boolean fromClient, long bytes) {
        active = System.nanoTime();
        if (fromClient) {
            decision.requestBytes += bytes;
        } else {
            decision.responseBytes += bytes;
        }
    }

    /** A side has ended its half, and the other was told so. */
    void ended() {
        if (!over && client.hasEnded() && origin.hasEnded()) {
            finish(atBest);
            closeEnds();
        }
    }

    /** A side that had ended its half went away before it heard all of the other. */
    void unheard(Decision.End why) {
        endAtBest(why);
        ended();
    }

    /** What it ends with when nothing worse comes. */
    void endAtBest(Decision.End why) {
        atBest = why;
    }

    /** A side broke off. */
    void broken(Decision.End why) {
        if (!over) {
            finish(why);
            if (splice != null) {
                splice.reset();
            } else {
                client.reset();
                origin.reset();
            }
        }
    }

    // ---- splice

    /** Nothing more comes from one side for now: a good moment to let the kernel do the work. */
    void paused() {
        if (!judged && !over && decision.requestBytes + decision.responseBytes >= SPLICE_FROM) {
            judged = true;
            Promotion promotion = Promotion.of(this, loop, client, origin);
            if (promotion != null && !client.hasInputEnded() && !origin.hasInputEnded()) {
                promotion.begin();
            }
        }
    }

    /** Both ends have been handed over. */
    void spliced(Splice begun, boolean started) {
        splice = begun;
        if (!started) {
            broken(Decision.End.INTERNAL_ERROR);
        }
    }

    void splicedToTheEnd() {
        if (!over) {
            finish(atBest);
            closeEnds();
        }
    }

    private void finish(Decision.End why) {
        over = true;
        deadline.remove();
        decision.end = why;
        ended.run();
    }

    private void watch() {
        long idleAt = idleNanos == NEVER ? NEVER : active + idleNanos;
        if (Math.min(idleAt, endOfLife) != NEVER) {
            deadline.set(Math.min(idleAt, endOfLife));
        }
    }

    private void passed(long now) {
        if (now >= endOfLife) {
            close(Decision.End.LIFETIME);
        } else if (idleNanos != NEVER && now - active >= idleNanos) {
            close(Decision.End.IDLE_TIMEOUT);
        } else {
            watch();
        }
    }
}
