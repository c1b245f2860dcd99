/**
 * The health of a cluster's endpoints, one state for all loops: what they did to requests (passive) and to checks
 * (active), and since when each may be used. Without I/O; the time comes in.
 *
 * <p>Before: {@code upstream.endpoints}, which says which endpoints there are. After: {@code upstream.balance}, which
 * picks one of those that may be used.
 */
@NullMarked
package dev.sallyport.relay.upstream.health;

import org.jspecify.annotations.NullMarked;
