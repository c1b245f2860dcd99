package dev.sallyport.relay.tunnel;

import dev.sallyport.model.role.Timeouts;
import dev.sallyport.relay.loop.Deadline;
import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.record.Decision;
import java.time.Duration;

/**
 * Two ends on one loop joined to each other. Each side may end its half while the other goes on; a side that breaks
 * breaks the other, too, so that nobody takes a cut stream for a whole one.
 */
public final class Tunnel {
    private static final long NEVER = Long.MAX_VALUE;

    private final Decision decision;
    private final Runnable ended;
    private final Deadline deadline;
    private final long idleNanos;
    private final long endOfLife;
    private final Side client;
    private final Side origin;
    private long active;
    private boolean over;
    private Decision.End atBest = Decision.End.COMPLETE;

    /**
     * @param client the end towards who asked
     * @param origin the end towards the destination
     * @param decision is told the bytes each way and why the tunnel ended
     * @param ended is run once, when both ends are closed or closing
     */
    public Tunnel(Loop loop, TunnelEnd client, TunnelEnd origin, Timeouts timeouts, Decision decision, Runnable ended) {
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
            client.close();
            origin.close();
        }
    }

    void carried(Side from, int bytes) {
        active = System.nanoTime();
        if (from == client) {
            decision.requestBytes += bytes;
        } else {
            decision.responseBytes += bytes;
        }
    }

    /** A side has ended its half, and the other was told so. */
    void ended() {
        if (!over && client.hasEnded() && origin.hasEnded()) {
            finish(atBest);
            client.close();
            origin.close();
        }
    }

    /** A side that had ended its half went away before it heard all of the other. */
    void unheard(Decision.End why) {
        atBest = why;
        ended();
    }

    /** A side broke off. */
    void broken(Decision.End why) {
        if (!over) {
            finish(why);
            client.reset();
            origin.reset();
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
