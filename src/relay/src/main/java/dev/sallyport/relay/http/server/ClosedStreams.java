package dev.sallyport.relay.http.server;

/** The streams of a connection that closed last, and which side is to blame when more comes on them. */
final class ClosedStreams {
    private static final int KEPT = 64;
    private static final int BY_US = 1 << 31;

    private final int[] streams = new int[KEPT];
    private int next;

    /** @param reset whether we reset it while its client might have gone on */
    void add(int stream, boolean reset) {
        streams[next] = reset ? stream | BY_US : stream;
        next = (next + 1) % KEPT;
    }

    /** Whether the client is known to have ended the stream, so that it may not go on with it. */
    boolean endedByClient(int stream) {
        return contains(stream);
    }

    /** Whether we reset the stream: what was under way by then is no fault. */
    boolean resetByUs(int stream) {
        return contains(stream | BY_US);
    }

    private boolean contains(int wanted) {
        for (int stream : streams) {
            if (stream == wanted) {
                return true;
            }
        }
        return false;
    }
}
