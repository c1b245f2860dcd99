package dev.sallyport.relay.record;

/** Where decisions go from the event loops. */
interface Journal extends AutoCloseable {
    /** The way in for one more event loop. */
    Page forLoop();

    /** Passes on what was written until now, then ends. */
    @Override
    void close();

    /** Belongs to one event loop. */
    interface Page {
        /** Copies the decision, or drops it when there is no room. Never blocks. */
        void write(Decision decision);
    }
}
