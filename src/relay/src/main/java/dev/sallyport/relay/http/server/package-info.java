/**
 * Connections of clients, and what becomes of a request: an exchange goes through the {@link
 * dev.sallyport.relay.http.server.Phase phases} with the help of all other stages.
 *
 * <p>Before: {@code detect}, which knows what a client speaks. After: {@code role}, {@code upstream}, {@code http.client}, {@code respond},
 * {@code tunnel} and {@code record}, in this order.
 */
@NullMarked
package dev.sallyport.relay.http.server;

import org.jspecify.annotations.NullMarked;
