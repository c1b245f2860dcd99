/**
 * What the names that clients ask for resolve to: a cache and a state machine without I/O, and the questions to name
 * servers at the rim.
 *
 * <p>Before: {@code upstream}, which has a name to reach. After: {@code upstream} again, which judges and dials the addresses.
 */
@NullMarked
package dev.sallyport.relay.upstream.names;

import org.jspecify.annotations.NullMarked;
