/**
 * The trace that a request belongs to (W3C Trace Context, level 2): read from what came, told in what goes on.
 *
 * <p>Before: {@code http}, which has read the head. After: {@code respond}, which sends it on, and {@code record}.
 */
@NullMarked
package dev.sallyport.relay.trace;

import org.jspecify.annotations.NullMarked;
