/**
 * Bytes both ways between a client and a destination, unread, until both have ended.
 *
 * <p>Before: {@code role} and {@code upstream}, which allowed and made the connection. After: {@code record}.
 */
@NullMarked
package dev.sallyport.relay.tunnel;

import org.jspecify.annotations.NullMarked;
