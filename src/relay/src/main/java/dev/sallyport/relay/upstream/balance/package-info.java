/**
 * Picks one endpoint of a cluster. Pure: no clock, no sockets, the random source comes in.
 *
 * <p>Before: {@code upstream.endpoints}, which says which endpoints there are. After: the rest of {@code upstream},
 * which connects to the one that was picked.
 */
@NullMarked
package dev.sallyport.relay.upstream.balance;

import org.jspecify.annotations.NullMarked;
