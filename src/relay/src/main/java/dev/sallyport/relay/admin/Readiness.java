package dev.sallyport.relay.admin;

import org.jspecify.annotations.Nullable;

/** Whether new connections should come to this relay. Thread-safe. */
public final class Readiness {
    private @Nullable String obstacle = "waiting for the first configuration";
    private boolean draining;

    /** The first configuration is served, and every listener accepts. */
    public synchronized void ready() {
        if (!draining) {
            obstacle = null;
        }
    }

    /** The relay is about to end; there is no way back. */
    public synchronized void drain() {
        draining = true;
        obstacle = "draining";
    }

    /** Why it is not ready, or null when it is. */
    public synchronized @Nullable String obstacle() {
        return obstacle;
    }
}
