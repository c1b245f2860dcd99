/**
 * Measures the relay beside its peers: {@code make bench}. All of them are pinned to one core and set alike, in several rounds of
 * one run; what counts is the CPU time of the proxy's process for each unit of work, as the time of day says little on a shared
 * machine.
 *
 * <p>Before: a built relay and Debian's packages of the peers. After: {@code docs/performance.md} and {@code docs/performance.json}.
 */
@NullMarked
package dev.sallyport.e2e.bench;

import org.jspecify.annotations.NullMarked;
