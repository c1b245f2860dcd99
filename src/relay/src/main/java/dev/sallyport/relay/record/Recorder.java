package dev.sallyport.relay.record;

/** What one event loop tells about its work. It belongs to that loop, never blocks and keeps nothing that it is given. */
public interface Recorder {
    /** Counts and logs an exchange or tunnel that has ended. */
    void record(Decision decision);

    /** What the loop counts besides. */
    LoopMetrics metrics();
}
