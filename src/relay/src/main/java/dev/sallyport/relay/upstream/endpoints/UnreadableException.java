package dev.sallyport.relay.upstream.endpoints;

import java.io.IOException;

/** The API server said something that cannot be understood. */
final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
        super(message);
    }
}
