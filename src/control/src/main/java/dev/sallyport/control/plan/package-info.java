/**
 * Assembles what was checked and resolved: the configuration that the relays of a proxy serve, and what they are to be run as. A rule
 * that cannot be used fails closed and the others go on; an object that cannot be used has no plan, and what was there stays.
 *
 * <p>Before: {@code validate}. After: {@code render}, or a relay in this process.
 */
@NullMarked
package dev.sallyport.control.plan;

import org.jspecify.annotations.NullMarked;
