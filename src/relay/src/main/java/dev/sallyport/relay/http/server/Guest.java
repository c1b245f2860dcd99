package dev.sallyport.relay.http.server;

import dev.sallyport.relay.record.Decision.End;

/** Whoever came in through a {@link Door}, from the moment of its acceptance. To be used on the door's loop alone. */
public interface Guest {
    /** No further request: ends now if it is idle, else after what it does. */
    void drain();

    /** Ends whatever it does. */
    void end(End why);
}
