/**
 * Connections that are passed through unread, to where their listener or their TLS server name says.
 *
 * <p>Before: {@code detect}, which reads the server name. After: {@code role}, {@code upstream}, {@code tunnel} and {@code
 * record}, in this order.
 */
@NullMarked
package dev.sallyport.relay.passage;

import org.jspecify.annotations.NullMarked;
