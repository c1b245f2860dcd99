/**
 * Connections to origins: requests go out, responses come in.
 *
 * <p>Before: {@code upstream}, which connects and keeps connections. After: {@code http.server}, whose exchange
 * receives the response.
 */
@NullMarked
package dev.sallyport.relay.http.client;

import org.jspecify.annotations.NullMarked;
