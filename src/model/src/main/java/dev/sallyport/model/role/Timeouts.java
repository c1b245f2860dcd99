package dev.sallyport.model.role;

import java.time.Duration;

/**
 * How long the parts of an exchange or a tunnel may take. Zero means without a limit.
 *
 * @param connect to connect, over all addresses of a name
 * @param response from the end of a request, or the start of a further try, to the head of its response
 * @param request from the head of a request to the end of its response
 * @param idle without a byte in either direction
 * @param lifetime of a tunnel, however busy
 */
public record Timeouts(Duration connect, Duration response, Duration request, Duration idle, Duration lifetime) {}
