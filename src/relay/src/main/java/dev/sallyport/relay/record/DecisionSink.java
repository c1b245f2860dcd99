package dev.sallyport.relay.record;

/** Is shown each decision as it is recorded, for an audience in the same process. */
@FunctionalInterface
public interface DecisionSink {
    /** Called in order, from one thread that is not an event loop. When it is slow, decisions are dropped and counted. */
    void decided(RecordedDecision decision);
}
