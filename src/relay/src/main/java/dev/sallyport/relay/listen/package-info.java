/**
 * Listeners: sockets that accept on every loop, and the configuration that they serve.
 *
 * <p>Before: {@code config}, which hands over configurations. After: {@code detect}, which finds out what a client speaks.
 */
@NullMarked
package dev.sallyport.relay.listen;

import org.jspecify.annotations.NullMarked;
