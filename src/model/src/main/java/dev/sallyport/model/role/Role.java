package dev.sallyport.model.role;

/** Judges what clients ask for. Thread-safe. */
public interface Role {
    /**
     * @param trail is told the way of the decision
     */
    Verdict decide(Ask ask, Peer peer, Trail trail);

    default Verdict decide(Ask ask, Peer peer) {
        return decide(ask, peer, Trail.NONE);
    }

    /** What becomes of the traces of all requests, of those that are refused, too. */
    default Tracing tracing() {
        return Tracing.CONTINUE;
    }
}
