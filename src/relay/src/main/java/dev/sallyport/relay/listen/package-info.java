/**
 * Listeners: sockets that accept on every loop, and the configuration that they serve.
 *
 * <p>Before: {@code config}, which hands over configurations. After: {@code http.server}, which serves a connection.
 */
@NullMarked
package dev.sallyport.relay.listen;

import org.jspecify.annotations.NullMarked;
