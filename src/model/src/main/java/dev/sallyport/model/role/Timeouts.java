package dev.sallyport.model.role;

import java.time.Duration;

/**
 * How long the parts of an exchange or a tunnel may take. Zero means without a limit.
 *
 * @param connect to connect, over all addresses of a name
 * @param response from the end of a request, or the start of a further try, to the head of its response
 * @param request from the head of a request to the end of its response
 * @param stream the same where either is a stream: a request of gRPC, a response of server-sent events
 * @param idle without a byte in either direction
 * @param lifetime of a tunnel, however busy
 */
public record Timeouts(
        Duration connect, Duration response, Duration request, Duration stream, Duration idle, Duration lifetime) {

    /** With the same limit for streams as for all requests. */
    public Timeouts(Duration connect, Duration response, Duration request, Duration idle, Duration lifetime) {
        this(connect, response, request, request, idle, lifetime);
    }
}
