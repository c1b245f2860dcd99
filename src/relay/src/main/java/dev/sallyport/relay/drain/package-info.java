/**
 * The relay's end, in order.
 *
 * <p>Before: SIGTERM. After: nothing; the process ends with status 0.
 */
@NullMarked
package dev.sallyport.relay.drain;

import org.jspecify.annotations.NullMarked;
