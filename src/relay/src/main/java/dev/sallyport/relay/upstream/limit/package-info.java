/**
 * How much of a cluster one relay may use at a time, and who waits for it. Without I/O.
 *
 * <p>Before: {@code upstream}, which asks before it connects. After: {@code upstream} again, which goes on when it may.
 */
@NullMarked
package dev.sallyport.relay.upstream.limit;

import org.jspecify.annotations.NullMarked;
