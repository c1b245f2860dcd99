package dev.sallyport.relay.http.client;

import dev.sallyport.relay.loop.Deadline;

/**
 * Whether an origin that has been silent while requests run is still there: it is asked by one PING, and given up when it
 * does not answer. Asked rarely, as servers take frequent PINGs for an attack; those of gRPC more than one in five minutes.
 */
final class Liveness {
    /** The payload of the PING. */
    static final long QUESTION = 0x5a11_7907_0000_0001L;

    static final long SILENCE_NANOS = 30_000_000_000L;
    static final long ANSWER_NANOS = 15_000_000_000L;
    static final long PAUSE_NANOS = 330_000_000_000L;

    /** What is to be done. */
    enum Step {
        WAIT,
        /** To send a PING. */
        ASK,
        /** To close the connection. */
        GIVE_UP
    }

    private final Deadline deadline;
    private long heardAt;
    private long askedAt;
    private boolean everAsked;
    private boolean asking;
    private boolean watching;

    Liveness(Deadline deadline) {
        this.deadline = deadline;
    }

    /** A request was sent. */
    void asked(long now) {
        if (!watching) {
            watching = true;
            heardAt = now;
            deadline.set(now + SILENCE_NANOS);
        }
    }

    /** Anything came. */
    void heard(long now) {
        heardAt = now;
        asking = false;
    }

    /** No request runs. */
    void quiet() {
        watching = false;
        asking = false;
        deadline.clear();
    }

    void end() {
        deadline.remove();
    }

    /** The deadline has passed. */
    Step passed(long now) {
        if (!watching) {
            return Step.WAIT;
        }
        if (asking) {
            return Step.GIVE_UP;
        }
        long askAt = Math.max(heardAt + SILENCE_NANOS, everAsked ? askedAt + PAUSE_NANOS : heardAt);
        if (now < askAt) {
            deadline.set(askAt);
            return Step.WAIT;
        }
        asking = true;
        everAsked = true;
        askedAt = now;
        deadline.set(now + ANSWER_NANOS);
        return Step.ASK;
    }
}
