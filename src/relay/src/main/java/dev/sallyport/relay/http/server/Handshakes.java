package dev.sallyport.relay.http.server;

/** The TLS handshakes with clients that run on one loop: the dearest that a client can ask for before it is known. */
public final class Handshakes {
    private static final int MOST = 1_000;

    private int running;

    /** One begins; false when as many as may run do. */
    public boolean begin() {
        if (running == MOST) {
            return false;
        }
        running++;
        return true;
    }

    /** One that began is done. */
    public void end() {
        running--;
    }
}
