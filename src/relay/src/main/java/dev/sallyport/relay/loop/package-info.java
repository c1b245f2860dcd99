/**
 * All that one event loop is: its thread, its way to the kernel and its deadlines. What the stages keep for a loop
 * (listening sockets, pools, names, counters) are plain fields of objects that only that loop touches.
 *
 * <p>Before: nothing; every stage stands on it. After: {@code listen}, which accepts and serves on the same loop.
 */
@NullMarked
package dev.sallyport.relay.loop;

import org.jspecify.annotations.NullMarked;
